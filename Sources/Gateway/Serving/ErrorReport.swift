import Ledger
import Providers

/// What a client is told of a request that has no answer, to be written in its dialect.
struct ErrorReport: Equatable {
  let status: Int
  private let error: OpenAIError
  /// Whether the official clients are to leave it at that.
  private let isFinal: Bool
  private let retryAfter: Int?
  /// The limit that is to be waited for.
  private let rate: RateStop?

  init(_ failure: Failure) {
    status = failure.status
    error = failure.error
    isFinal = failure.isFinal
    retryAfter = failure.retryAfter
    rate = nil
  }

  init(_ refusal: Refusal) {
    status = refusal.status
    isFinal = refusal.status == 403 || refusal.rate?.isTooMuch == true
    retryAfter = refusal.retryAfter ?? (refusal.status == 503 ? 5 : nil)
    rate = refusal.rate
    if let rate {
      error = OpenAIError(refusal.message, type: rate.measure.rawValue, code: "rate_limit_exceeded")
      return
    }
    error = OpenAIError(
      refusal.message, type: refusal.status == 403 ? "policy_refusal" : "server_error", code: refusal.rule.rawValue)
  }

  /// The answer that reports it.
  func reply(
    in dialect: Operation.Dialect, of requestID: RequestID?, headers: [(name: String, value: String)] = []
  ) -> Reply {
    let body =
      switch dialect {
      case .openAI: error.body
      case .anthropic: anthropic(requestID).body
      }
    var headers = headers + (rate?.headers(in: dialect) ?? [])
    if isFinal { headers.append(("x-should-retry", "false")) }
    if let retryAfter, !headers.contains(where: { $0.name == "retry-after" }) {
      headers.append(("retry-after", String(retryAfter)))
    }
    return .json(status, body, headers: headers)
  }

  /// The event that reports it in a stream that has begun; `number` is the event's own, where events have one.
  func event(for operation: Operation, number: Int, of requestID: RequestID) -> [UInt8] {
    switch operation.dialect {
    case .openAI: error.event(for: operation, number: number)
    case .anthropic: anthropic(requestID).event
    }
  }

  private func anthropic(_ requestID: RequestID?) -> AnthropicError {
    AnthropicError(error.message, status: status, requestID: requestID?.description)
  }
}

extension Reply {
  /// The answer to a request that has no other.
  static func failure(
    _ failure: Failure, in dialect: Operation.Dialect = .openAI, of requestID: RequestID? = nil,
    headers: [(name: String, value: String)] = []
  ) -> Reply {
    ErrorReport(failure).reply(in: dialect, of: requestID, headers: headers)
  }

  /// The answer to a refused request, for a policy's 403 with a header that stops the official SDKs from trying again.
  static func refusal(_ refusal: Refusal, to call: ModelCall) -> Reply {
    ErrorReport(refusal).reply(in: call.operation.dialect, of: call.requestID)
  }

  /// The answer to a call that has no other.
  static func failure(
    _ failure: Failure, to call: ModelCall, headers: [(name: String, value: String)] = []
  ) -> Reply {
    .failure(failure, in: call.operation.dialect, of: call.requestID, headers: headers)
  }

  /// The answer to a refused reading of the log.
  static func refusal(_ refusal: Refusal) -> Reply { ErrorReport(refusal).reply(in: .openAI, of: nil) }
}
