import Ledger
import Providers

/// A limit that keeps a request from going on for now, as its caller is told of it.
package struct RateStop: Hashable, Sendable {
  /// The limit.
  package let limit: RateLimit
  /// Whether a request asks for more at once than there ever is: no waiting helps it.
  var isTooMuch = false
  /// What is used up.
  package let measure: RateLimit.Measure
  /// How many microseconds it takes until one is left.
  package let wait: Int64
  /// How many of each measure are left.
  let left: [RateLimit.Measure: Int]
  /// The moment at which one is left.
  let end: Timestamp

  /// After how many seconds to come back.
  package var seconds: Int { Int(max(1, (wait + 999_999) / 1_000_000)) }

  /// What the log calls the limit, such as `caller:requests`.
  var name: ConfiguredName? { ConfiguredName("\(limit.scope.rawValue):\(measure.rawValue)") }

  /// The fact for a person.
  var fact: String {
    let who =
      switch limit.scope {
      case .caller: "the caller"
      case .user: "the user"
      case .useCase: "the use case"
      case .vendor: "the vendor"
      }
    let amount = limit.amounts[measure] ?? 0
    if isTooMuch {
      return "\(who) may have at most \(amount) \(measure.words) in \(limit.seconds) seconds, and the batch names more"
    }
    let verb = limit.scope == .vendor ? "is asked for at most" : "may have at most"
    return "\(who) \(verb) \(amount) \(measure.words) in \(limit.seconds) seconds, which are used up"
  }

  /// The headers by which clients of a dialect pace themselves: those of the vendors that speak it.
  ///
  /// OpenAI's tell the time that is left, such as `6m0s`, Anthropic's the moment (RFC 3339).
  func headers(in dialect: Operation.Dialect) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    for measure in [RateLimit.Measure.requests, .tokens] {
      guard let amount = limit.amounts[measure], let left = left[measure] else { continue }
      let name = measure.rawValue
      switch dialect {
      case .openAI:
        headers.append(("x-ratelimit-limit-\(name)", "\(amount)"))
        headers.append(("x-ratelimit-remaining-\(name)", "\(left)"))
        if measure == self.measure { headers.append(("x-ratelimit-reset-\(name)", Self.duration(seconds))) }
      case .anthropic:
        headers.append(("anthropic-ratelimit-\(name)-limit", "\(amount)"))
        headers.append(("anthropic-ratelimit-\(name)-remaining", "\(left)"))
        if measure == self.measure { headers.append(("anthropic-ratelimit-\(name)-reset", end.description)) }
      }
    }
    return headers
  }

  private static func duration(_ seconds: Int) -> String {
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
    let parts = [hours > 0 ? "\(hours)h" : "", hours > 0 || minutes > 0 ? "\(minutes)m" : ""]
    return parts.joined() + "\(seconds % 60)s"
  }
}

extension RateLimit.Measure {
  fileprivate var words: String {
    switch self {
    case .requests: "requests"
    case .tokens: "tokens of models"
    case .patients: "patients"
    }
  }
}

extension Refusal {
  /// What a request is told that has to wait for a limit.
  init(_ stop: RateStop) {
    self.init(
      stop.limit.scope == .vendor ? .vendorRateLimited : .rateLimited, stop.fact, retryAfter: stop.seconds)
    if stop.isTooMuch { retryAfter = nil }
    rate = stop
  }
}
