import Ledger

/// On which basis of the Privacy Rule something of a patient's may be disclosed.
///
/// An agreement with the vendor (45 CFR 164.502(e)) is needed beside it: it lets a business associate do what the
/// covered entity itself may do, and is no permission of its own.
package enum LegalBasis: String, Hashable, Sendable, CaseIterable {
  /// For treatment (45 CFR 164.506(c)(1), (2)).
  case treatment
  /// For payment (45 CFR 164.506(c)(1), (3)).
  case payment
  /// For health care operations (45 CFR 164.506(c)(1), (4)).
  case operations
  /// The patient has authorised it (45 CFR 164.508).
  case authorization
  /// A board has waived authorisation for research (45 CFR 164.512(i)).
  case researchWaiver = "research_waiver"
  /// As a limited data set under an agreement (45 CFR 164.514(e)).
  case limitedDataSet = "limited_data_set"
  /// For public health (45 CFR 164.512(b)).
  case publicHealth = "public_health"
  /// A law requires it (45 CFR 164.512(a)).
  case requiredByLaw = "required_by_law"
  /// It identifies nobody (45 CFR 164.502(d), 164.514(a)).
  case deidentified

  /// The paragraph of 45 CFR.
  package var paragraph: String {
    switch self {
    case .treatment: "164.506(c)(1)"
    case .payment: "164.506(c)(1)"
    case .operations: "164.506(c)(1)"
    case .authorization: "164.508"
    case .researchWaiver: "164.512(i)"
    case .limitedDataSet: "164.514(e)"
    case .publicHealth: "164.512(b)"
    case .requiredByLaw: "164.512(a)"
    case .deidentified: "164.502(d)"
    }
  }

  /// What entries call it.
  var recorded: ConfiguredName? { ConfiguredName(rawValue) }

  /// The bases that fit a purpose, a code of HL7 v3 ActReason; nil for a purpose about which the rule says nothing here.
  static func fit(for purpose: ConfiguredID<UseCase.Purpose>) -> Set<LegalBasis>? {
    let always: Set<LegalBasis> = [.authorization, .requiredByLaw, .deidentified]
    return switch purpose.name {
    case "TREAT", "ETREAT", "CAREMGT", "COC": always.union([.treatment])
    case "HPAYMT", "CLMATTCH", "COVERAGE": always.union([.payment])
    case "HOPERAT", "HQUALIMP", "HSYSADMIN", "HTEST", "TRAIN": always.union([.operations, .limitedDataSet])
    case "HRESCH", "RESCH", "CLINTRCH": always.union([.researchWaiver, .limitedDataSet])
    case "PUBHLTH": always.union([.publicHealth, .limitedDataSet])
    default: nil
    }
  }
}
