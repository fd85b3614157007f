extension SensitiveTerms {
  /// Words of psychotherapy and its notes; the numbers are procedure codes of sessions.
  static let psychotherapy = SensitiveTerms(
    words: """
      psychotherapy
      psychotherapist
      PSYTHPN
      process note
      therapy session
      therapy note
      counseling session
      counselling session
      counseling note
      session with therapist
      psychoanalysis
      psychoanalytic
      psychodynamic
      countertransference
      transference
      cognitive behavioral therapy
      cognitive behavioural therapy
      dialectical behavior therapy
      dialectical behaviour therapy
      exposure therapy
      prolonged exposure
      EMDR
      eye movement desensitization
      interpersonal therapy
      acceptance and commitment therapy
      group therapy
      couples therapy
      marital therapy
      family therapy
      play therapy
      trauma therapy
      trauma focused
      grief counseling
      free association
      dream analysis
      therapeutic alliance
      client reports feeling
      client disclosed
      patient disclosed in session
      childhood trauma
      childhood abuse
      sexual abuse
      sexual assault
      suicidal ideation
      suicide attempt
      suicidality
      self harm
      intrusive thought
      90832
      90833
      90834
      90836
      90837
      90838
      90839
      90840
      90845
      90846
      90847
      90849
      90853
      """,
    codes: "")
}
