extension SensitiveTerms {
  /// Words of substance use and its treatment; nicotine is none of 42 CFR Part 2.
  static let substanceUse = SensitiveTerms(
    words: """
      42 cfr part 2
      42CFRPart2
      part 2 program
      ETHUD
      OPIOIDUD
      SUD
      OUD
      substance use
      substance abuse
      substance misuse
      substance dependence
      substance related disorder
      chemical dependency
      chemical dependence
      drug abuse
      drug addiction
      drug dependence
      drug misuse
      drug use disorder
      illicit drug
      illicit substance
      recreational drug
      street drug
      injection drug
      intravenous drug use
      iv drug use
      IVDU
      PWID
      addiction
      addicted
      opioid use
      opioid abuse
      opioid addiction
      opioid dependence
      opioid withdrawal
      opioid treatment program
      opiate use
      opiate abuse
      opiate dependence
      opiate withdrawal
      narcotic abuse
      alcohol use disorder
      alcohol abuse
      alcohol addiction
      alcohol dependence
      alcohol dependent
      alcohol misuse
      alcohol withdrawal
      alcohol intoxication
      alcohol rehab
      alcoholic
      alcoholism
      binge drinking
      delirium tremens
      CIWA
      COWS score
      AUDIT C
      DAST 10
      detox
      detoxification
      rehab for alcohol
      rehab for drugs
      drug rehab
      sober living
      sobriety
      relapse prevention
      alcoholics anonymous
      narcotics anonymous
      twelve step program
      12 step program
      overdose
      heroin
      fentanyl use
      fentanyl abuse
      cocaine
      crack cocaine
      methamphetamine
      crystal meth
      amphetamine abuse
      amphetamine use disorder
      cannabis use
      cannabis abuse
      cannabis dependence
      marijuana use
      marijuana abuse
      hallucinogen
      ketamine abuse
      inhalant abuse
      huffing
      MDMA
      LSD
      PCP abuse
      kratom
      benzodiazepine abuse
      benzodiazepine dependence
      benzodiazepine withdrawal
      sedative abuse
      stimulant use disorder
      methadone
      methadone clinic
      methadone maintenance
      buprenorphine
      suboxone
      subutex
      sublocade
      brixadi
      zubsolv
      naltrexone
      vivitrol
      disulfiram
      antabuse
      acamprosate
      campral
      lofexidine
      lucemyra
      medication assisted treatment
      medications for opioid use disorder
      MOUD
      needle exchange
      syringe service
      naloxone
      narcan
      positive urine drug screen
      urine toxicology positive
      """,
    codes: """
      F10 F11 F12 F13 F14 F15 F16 F18 F19 F55 O9931 O9932 T400 T401 T402 T403 T404 T405 T406 T407 T436 T510 K70 K292 K852
      K860 G312 G621 G721 I426 P044 P961 R780 Z7141 Z7142 Z7151 Z7152 Z811 Z813 Z814
      """)
}
