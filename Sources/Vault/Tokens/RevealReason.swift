/// Why a token is turned back: what the log keeps in the clear.
package enum RevealReason: String, Hashable, Sendable, CaseIterable {
  /// Somebody is treated, or must be called back because of a finding.
  case treatment
  /// The person asks for what is kept about them.
  case patientRequest = "patient-request"
  /// A drug or a device may have done harm.
  case safetyReport = "safety-report"
  /// A health authority must be told.
  case publicHealth = "public-health"
  /// A record is wrong, or two records are one person's.
  case correction
  /// A court or a law demands it.
  case legalDemand = "legal-demand"
  /// It is being looked into whether data leaked.
  case incident
  /// The protocol of a study, which a board approved, provides for it.
  case study
  /// Something else, which the note says.
  case other

  /// Whether the code alone says too little.
  package var needsNote: Bool { self == .other }
}

/// Why a token was not turned back.
package enum RevealRefusal: String, Hashable, Sendable, CaseIterable {
  /// Who asks is not known, has not the role, or runs the log.
  case notPermitted = "not_permitted"
  /// One person asks for what takes two.
  case needsTwoPeople = "needs_two_people"
  /// The reason needs words, or has too many.
  case needsNote = "needs_note"
  /// There is no such token in the scope.
  case unknownToken = "unknown_token"
  /// There is no such scope, or its crosswalk was destroyed.
  case unknownScope = "unknown_scope"
  /// Two people have not agreed to this, or have agreed to something else.
  case notAgreed = "not_agreed"
  /// The row does not open: it was changed or moved.
  case damaged
  /// One person has turned back as many tokens of the scope today as one person may.
  case tooMany = "too_many"
}
