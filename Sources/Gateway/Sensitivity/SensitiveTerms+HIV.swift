extension SensitiveTerms {
  /// Words of HIV, its tests and its medicines; numbers with a hyphen are LOINC codes of tests.
  static let hiv = SensitiveTerms(
    words: """
      hiv
      hiv positive
      hiv 1
      hiv 2
      human immunodeficiency virus
      AIDS
      has aids
      with aids
      aids patient
      aids defining
      acquired immune deficiency syndrome
      acquired immunodeficiency syndrome
      seropositive
      serodiscordant
      PLWH
      PLHIV
      cd4 count
      cd4 cell
      cd4 nadir
      cd4 t cell
      undetectable viral load
      viral load undetectable
      antiretroviral
      antiretroviral therapy
      HAART
      cART
      PrEP
      pre exposure prophylaxis
      preexposure prophylaxis
      post exposure prophylaxis for hiv
      nPEP
      pneumocystis
      kaposi sarcoma
      cryptococcal meningitis
      cmv retinitis
      biktarvy
      bictegravir
      genvoya
      stribild
      triumeq
      dovato
      juluca
      cabenuva
      apretude
      cabotegravir
      rilpivirine
      edurant
      odefsey
      complera
      tivicay
      dolutegravir
      isentress
      raltegravir
      elvitegravir
      truvada
      descovy
      emtricitabine
      tenofovir
      epzicom
      trizivir
      abacavir
      lamivudine
      zidovudine
      combivir
      efavirenz
      atripla
      sustiva
      symfi
      delstrigo
      pifeltro
      doravirine
      etravirine
      intelence
      nevirapine
      viramune
      darunavir
      prezista
      prezcobix
      symtuza
      atazanavir
      reyataz
      evotaz
      kaletra
      lopinavir
      cobicistat
      maraviroc
      selzentry
      enfuvirtide
      fostemsavir
      rukobia
      ibalizumab
      trogarzo
      lenacapavir
      sunlenca
      yeztugo
      7917-8
      7918-6
      20447-9
      25836-8
      29893-5
      30361-0
      56888-1
      68961-2
      75622-1
      80387-4
      """,
    codes: "B20 B21 B22 B23 B24 B9735 O987 R75 Z114 Z206 Z21 Z717 Z830")
}
