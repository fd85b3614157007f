extension Refusal.Rule {
  /// The paragraph of 45 CFR that the rule stands for; nil for rules of the house.
  package var paragraph: String? {
    switch self {
    case .noAgreement: "164.502(e), 164.308(b)"
    case .agreementNotInForce: "164.308(b)(3)"
    case .serviceNotCovered, .purposeNotPermitted, .trainingNotProhibited, .environmentMismatch: "164.504(e)(2)(i)"
    case .subcontractorNotCovered: "164.504(e)(2)(ii)(D)"
    case .zeroRetentionNotAttested: "164.502(b)"
    case .regionNotCovered: "164.504(e)(2)(ii)(A)"
    case .dataClassNotCovered: "164.502(b)"
    case .regionNotApproved: "164.308(a)(1)(ii)(B)"
    case .attestationUnavailable, .attestationNotGenuine, .attestationExpired, .attestationReplayed,
      .attestationNotAffirmed, .attestationDebuggable, .attestationMeasurement, .attestationNotBound:
      "164.312(a)(2)(iv)"
    case .noRoute, .routeExpired: "164.502(a), 164.506"
    case .forbiddenByPolicy, .notPermittedByPolicy, .obligationUnmet, .grantLapsed, .grantsUnreadable:
      "164.308(a)(4), 164.312(a)(1)"
    case .sensitiveInsideOnly: "164.508(a)(2), 164.522(a)"
    case .restrictedByPatient: "164.522(a)(1)(iii)"
    case .restrictedPaidInFull: "164.522(a)(1)(vi)"
    case .consentWithheld: "164.506(b)"
    case .authorizationMissing: "164.508(a)(1)"
    case .registerBehind: "164.508(b)(5), 164.522(a)(1)(iii)"
    case .emergencyMode: "164.308(a)(7)(ii)(C)"
    case .stoppedByOperator, .stopsUnreadable: "164.308(a)(6)(ii)"
    default: nil
    }
  }

  /// The paragraph in brackets.
  var citation: String { paragraph.map { " (45 CFR \($0))" } ?? "" }
}
