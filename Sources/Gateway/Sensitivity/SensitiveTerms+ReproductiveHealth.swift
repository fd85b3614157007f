extension SensitiveTerms {
  /// Words of pregnancy, contraception, abortion and fertility.
  static let reproductiveHealth = SensitiveTerms(
    words: """
      abortion
      medication abortion
      termination of pregnancy
      pregnancy termination
      pregnancy
      pregnant
      gravida
      prenatal
      antenatal
      antepartum
      postpartum
      obstetric
      gestation
      gestational
      weeks gestation
      estimated date of delivery
      last menstrual period
      positive hcg
      beta hcg
      miscarriage
      missed abortion
      spontaneous abortion
      ectopic pregnancy
      stillbirth
      fetal demise
      fetal heart tone
      molar pregnancy
      dilation and curettage
      dilation and evacuation
      mifepristone
      mifeprex
      misoprostol
      methotrexate for ectopic
      emergency contraception
      levonorgestrel
      ulipristal
      plan b
      contraception
      contraceptive
      birth control
      iud
      intrauterine device
      mirena
      paragard
      nexplanon
      depo provera
      nuvaring
      tubal ligation
      vasectomy
      sterilization procedure
      infertility
      fertility treatment
      in vitro fertilization
      ivf
      intrauterine insemination
      egg retrieval
      egg donor
      sperm donor
      embryo transfer
      embryo
      surrogacy
      gestational carrier
      clomiphene
      letrozole for ovulation
      ovulation induction
      amenorrhea
      preeclampsia
      eclampsia
      hyperemesis gravidarum
      labor and delivery
      cesarean
      """,
    codes: """
      O0 O1 O2 O3 O4 O6 O7 O8 O9 N96 N97 N46 Z30 Z31 Z32 Z33 Z34 Z35 Z36 Z37 Z38 Z39 Z3A Z640 Z641 Z8751 Z8759 Z9851 Z9852
      """)
}
