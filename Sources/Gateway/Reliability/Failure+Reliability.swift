extension Failure {
  /// Whether the same vendor may be asked once more: it was not reached, or said that it did not do the work.
  var mayBeTriedAgain: Bool {
    switch self {
    case .vendor(.unreachable), .vendor(.notAttested), .vendorStatus(408), .vendorStatus(429), .vendorStatus(500),
      .vendorStatus(502), .vendorStatus(503), .vendorStatus(504), .vendorStatus(529):
      true
    default: false
    }
  }

  /// Whether another vendor may do better: the fault is not the request's, the client's or Cordon's own.
  var maySucceedElsewhere: Bool {
    switch self {
    case .vendor(.timedOut), .vendor(.interrupted), .vendor(.unexpectedAnswer), .vendor(.otherModel),
      .vendorStatus(401), .vendorStatus(402),
      .vendorStatus(403):
      true
    default: mayBeTriedAgain
    }
  }

  /// Whether the vendor is the worse for it; nil when it says nothing of the vendor's health.
  var isHealthy: Bool? {
    switch self {
    case .vendor(.unreachable), .vendor(.timedOut), .vendor(.interrupted), .vendor(.unexpectedAnswer): false
    case .vendorStatus(let status): status >= 500 ? false : status == 429 || status == 408 ? nil : true
    default: nil
    }
  }
}
