import Providers

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
      .vendor(.otherProcessor), .vendor(.notCarried), .vendorStatus(401), .vendorStatus(402), .vendorStatus(403):
      true
    default: mayBeTriedAgain
    }
  }

  /// Whether the vendor is the worse for it; nil when it says nothing of the vendor's health.
  ///
  /// What a request can bring about with any vendor says nothing: nobody is to rest a vendor for all others.
  var isHealthy: Bool? {
    switch self {
    case .vendor(.unreachable), .vendor(.timedOut), .vendor(.interrupted), .vendor(.unexpectedAnswer): false
    case .vendorStatus(let status): status >= 500 ? false : status == 429 || status == 408 ? nil : true
    default: nil
    }
  }
}

extension VendorFailure {
  /// Why an answer cannot be passed on that a vendor has given: it is broken, it goes beyond the gateway's limits, or what
  /// the model said cannot be said in the client's dialect; `other` where it is none of these.
  init(passingOn error: any Error, otherwise other: Code = .unexpectedAnswer) {
    switch error {
    case let error as ProviderError:
      let isTooMuch = error.code == .eventTooLarge || error.code == .tooManyChannels
      self.init(isTooMuch ? .answerTooLarge : other)
    case let error as TranslationError:
      switch error.code {
      case .eventTooLarge, .tooManyBlocks: self.init(.answerTooLarge)
      case .notCarried, .outOfRange, .wrongType: self.init(.notCarried)
      // Arguments of a tool are the model's own words.
      case .malformedJSON where !error.path.isEmpty: self.init(.notCarried)
      case .malformedJSON, .missingField, .outOfOrder, .truncatedEvent, .vendorFailed: self.init(other)
      }
    default: self.init(other)
    }
  }
}
