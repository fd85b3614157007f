import Attestation

extension Refusal {
  /// What a request is told whose vendor has not proved what it has to.
  init(_ error: AttestationError, of vendor: ConfiguredID<Vendor>) {
    self.init(Rule(error.code), "vendor `\(vendor)`: \(error)")
  }
}

extension Refusal.Rule {
  /// The rule that evidence with this fault is refused by.
  init(_ fault: AttestationError.Code) {
    self =
      switch fault {
      case .unavailable, .unusableKeys, .unusableAuthorities: .attestationUnavailable
      case .malformed, .unsupportedAlgorithm, .unknownKey, .badSignature, .otherIssuer, .otherAudience, .otherProfile:
        .attestationNotGenuine
      case .undated, .notYetValid, .expired, .tooOld: .attestationExpired
      case .otherNonce: .attestationReplayed
      case .notAffirmed: .attestationNotAffirmed
      case .debuggable: .attestationDebuggable
      case .otherMeasurement: .attestationMeasurement
      case .unbound, .otherConnection: .attestationNotBound
      }
  }
}
