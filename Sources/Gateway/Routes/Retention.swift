import Ledger
import Providers

/// What a vendor keeps of what it gets, as far as was agreed or said.
enum Retention: String, Hashable, Sendable {
  /// Nothing leaves the process.
  case inside
  /// It has attested that it keeps nothing.
  case zero
  /// Each request says that nothing is to be kept (`store: false`); what its agreement allows, it may.
  case declined
  /// What its agreement says.
  case agreed

  /// What entries call it.
  var recorded: ConfiguredName? { ConfiguredName(rawValue) }
}

extension Admission.Route {
  /// What the vendor keeps of a request on this route.
  var retention: Retention {
    guard vendor.isOutside else { return .inside }
    if agreement?.zeroRetentionAttested != nil { return .zero }
    return vendor.declinesStorage && carriage.operation(for: operation).isKept ? .declined : .agreed
  }
}
