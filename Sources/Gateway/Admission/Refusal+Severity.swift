extension Refusal {
  /// How much a refusal says about the house: whether somebody should look at it.
  package enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
    /// It happens in the course of work.
    case low
    /// Somebody asked for what they may not have, or something needs an operator.
    case medium
    /// Something would have left that must not.
    case high
    /// Somebody may be deceiving the gateway.
    case critical

    package static func < (left: Severity, right: Severity) -> Bool {
      allCases.firstIndex(of: left).map { $0 < allCases.firstIndex(of: right) ?? 0 } ?? false
    }
  }
}

extension Refusal.Rule {
  /// How severe it is that it was hit.
  package var severity: Refusal.Severity {
    switch self {
    case .vendorBusy, .vendorResting, .queueFull, .rateLimited, .vendorRateLimited, .operationNotOffered,
      .notTranslated,
      .partyRequired, .lowConfidence, .unknownSession, .sensitiveInsideOnly, .emergencyMode:
      .low
    case .useCaseNotGranted, .modelNotAllowed, .serviceNotCovered, .purposeNotPermitted, .stoppedByOperator,
      .stopsUnreadable, .keptByVendor, .vendorTool, .toolNotAllowed, .featureNotAllowed, .uninspectableContent,
      .knownNotAccepted, .tooManySubjects, .tooMuchKept, .detectionUnavailable, .keysUnavailable,
      .attestationUnavailable, .notPermittedByPolicy, .obligationUnmet, .decisionsNotAllowed,
      .attestationExpired, .grantLapsed, .grantsUnreadable:
      .medium
    case .noAgreement, .agreementNotInForce, .trainingNotProhibited, .subcontractorNotCovered,
      .zeroRetentionNotAttested, .environmentMismatch, .regionNotApproved, .regionNotCovered, .dataClassNotCovered,
      .noRoute, .routeExpired, .forbiddenByPolicy, .subjectDisposed, .logNotReadable, .attestationNotAffirmed,
      .restrictedByPatient, .restrictedPaidInFull, .consentWithheld, .authorizationMissing,
      .registerBehind:
      .high
    case .attestationNotGenuine, .attestationReplayed, .attestationDebuggable, .attestationMeasurement,
      .attestationNotBound:
      .critical
    }
  }
}
