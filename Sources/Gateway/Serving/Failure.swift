import Ledger
import Providers

/// Why a request has no answer, apart from a policy's refusal; each has one status and one sentence, and no details.
indirect enum Failure: Equatable {
  case unauthenticated
  /// So many come without a known key that the log takes no more of them for so many seconds.
  case tooManyStrangers(seconds: Int)
  case unknownPath
  case unknownModel
  /// The file or the batch is none of this caller's, or its time is over.
  case unknownObject
  /// The session with a tool server is none of this caller's, or is over.
  case unknownSession
  case methodNotAllowed
  case tooLarge(limit: Int)
  case requestIncomplete
  case invalidRequest(String, param: String?)
  case vendor(VendorFailure.Code)
  case vendorStatus(Int)
  case logUnavailable
  /// The vault was locked or lost while the answer came.
  case withheld
  /// The answer held an identifier that nobody had given.
  case novelIdentifier
  /// What had allowed the exchange ended while it was under way.
  case stopped(Refusal)
  /// The same request is under way already, under the same key.
  case sameRequestUnderWay
  /// The key belongs to a request that asked for something else.
  case keyOfAnotherRequest
  /// The answer that the request is to go on from is not known: it never was, is over, or is another's.
  case unknownPreviousAnswer
  /// The same of an answer that is asked for.
  case unknownAnswer
  /// What the tokens of the answer stand for could not be sealed for later requests.
  case notKept
  /// None of the vendors of a chain answered; it is worth while to come back after so many seconds.
  case unanswered(seconds: Int)

  /// The failure of a request whose vendor failed, or whose answer was stopped on its way.
  init(_ failure: VendorFailure) {
    self =
      switch failure.code {
      case .withheld: .withheld
      case .novelIdentifier: .novelIdentifier
      default: .vendor(failure.code)
      }
  }

  /// How the log names the end of a request that failed so.
  var outcome: Outcome {
    switch self {
    case .vendor(.cancelled): .clientDisconnected
    case .withheld, .novelIdentifier, .stopped, .vendor(.stopped), .notKept: .withheld
    default: .vendorFailed
    }
  }

  /// The rule that an entry of it names beside its outcome; nil where the outcome says all.
  var recordedRule: String? {
    switch self {
    case .novelIdentifier, .vendor(.otherProcessor): error.code
    default: nil
    }
  }

  /// Whether the official clients are to leave it at that.
  var isFinal: Bool {
    switch self {
    case .novelIdentifier, .keyOfAnotherRequest, .unknownPreviousAnswer, .unknownAnswer, .unknownObject: true
    case .stopped(let refusal): refusal.status == 403
    default: false
    }
  }

  /// Whether the vendor is to undo what it has made: what is no answer is not believed in its id either.
  var isToBeUndone: Bool { self != .vendor(.unexpectedAnswer) }

  /// After how many seconds it is worth while to come back; nil when nobody can say.
  var retryAfter: Int? {
    switch self {
    case .unanswered(let seconds), .tooManyStrangers(let seconds): seconds
    case .sameRequestUnderWay: 1
    case .logUnavailable, .withheld, .notKept: 5
    case .stopped(let refusal): refusal.status == 503 ? 5 : nil
    default: nil
    }
  }

  var status: Int {
    switch self {
    case .unauthenticated: 401
    case .tooManyStrangers: 429
    case .unknownPath, .unknownModel, .unknownSession, .unknownAnswer, .unknownObject: 404
    case .methodNotAllowed: 405
    case .tooLarge: 413
    case .requestIncomplete, .invalidRequest, .unknownPreviousAnswer: 400
    case .sameRequestUnderWay, .keyOfAnotherRequest: 409
    case .vendor(.timedOut): 504
    case .vendor: 502
    case .vendorStatus(let status): Self.passed(status)
    case .logUnavailable, .withheld, .unanswered, .notKept: 503
    case .novelIdentifier: 403
    case .stopped(let refusal): refusal.status
    }
  }

  /// What the client is told, in OpenAI's terms.
  var error: OpenAIError {
    switch self {
    case .unauthenticated:
      OpenAIError("the API key is missing or not known", type: "invalid_request_error", code: "invalid_api_key")
    case .tooManyStrangers:
      OpenAIError(
        "too many requests come without a known API key", type: "requests", code: "rate_limit_exceeded")
    case .unknownPath:
      OpenAIError("no such endpoint", type: "invalid_request_error", code: "unknown_url")
    case .unknownModel:
      OpenAIError(
        "no such model, or not for this caller", type: "invalid_request_error", param: "model", code: "model_not_found")
    case .unknownObject:
      OpenAIError(
        "no such file or batch, or not for this caller", type: "invalid_request_error", param: "id", code: "not_found")
    case .unknownSession:
      OpenAIError(
        "no such session, or not for this caller: begin another", type: "invalid_request_error",
        code: Refusal.Rule.unknownSession.rawValue)
    case .unknownPreviousAnswer:
      OpenAIError(
        "no such response, or its time is over: send the whole conversation", type: "invalid_request_error",
        param: "previous_response_id", code: "previous_response_not_found")
    case .unknownAnswer:
      OpenAIError(
        "no such response, or its time is over", type: "invalid_request_error", param: "response_id",
        code: "response_not_found")
    case .notKept:
      OpenAIError(
        "what the tokens of the answer stand for could not be kept, so nothing was released", type: "server_error",
        code: "keys_unavailable")
    case .methodNotAllowed:
      OpenAIError("this endpoint has another method", type: "invalid_request_error", code: "method_not_allowed")
    case .tooLarge(let limit):
      OpenAIError(
        "the request is larger than \(limit) bytes", type: "invalid_request_error", code: "request_too_large")
    case .requestIncomplete:
      OpenAIError("the request did not arrive whole", type: "invalid_request_error", code: "request_incomplete")
    case .invalidRequest(let message, let param):
      OpenAIError(message, type: "invalid_request_error", param: param, code: "invalid_request")
    case .vendor(let code):
      OpenAIError(
        "the vendor gave no usable answer; nothing of it was passed on", type: "vendor_error", code: code.rawValue)
    case .vendorStatus(let status):
      OpenAIError("the vendor answered with status \(status)", type: "vendor_error", code: "vendor_status_\(status)")
    case .logUnavailable:
      OpenAIError(
        "the audit log cannot be written, so nothing was released", type: "server_error", code: "log_unavailable")
    case .withheld:
      OpenAIError(
        "the vault was locked before the answer was released", type: "server_error", code: "keys_unavailable")
    case .sameRequestUnderWay:
      OpenAIError(
        "the request with this `Idempotency-Key` is being answered; ask again for its answer",
        type: "invalid_request_error", code: "idempotency_key_in_use")
    case .keyOfAnotherRequest:
      OpenAIError(
        "this `Idempotency-Key` came with another request; take a new key", type: "invalid_request_error",
        code: "idempotency_key_reused")
    case .unanswered(let seconds):
      OpenAIError(
        "none of the models approved for this work can answer at the moment, and nothing was lost; please try again in "
          + "about \(seconds) seconds, or go on without", type: "server_error", code: "no_vendor_available")
    case .novelIdentifier:
      OpenAIError(
        "the answer held an identifier that was not in the request, and was stopped", type: "policy_refusal",
        code: "novel_identifier")
    case .stopped(let refusal):
      OpenAIError(
        "the answer was stopped: \(refusal.message)",
        type: refusal.status == 403 ? "policy_refusal" : "server_error", code: refusal.rule.rawValue)
    }
  }

  /// A vendor's status as the client gets it: what the client can act on passes, the rest is a bad gateway.
  ///
  /// A vendor's 401 or 403 is about Cordon's credential, not the client's, and must not look like the client's mistake.
  private static func passed(_ status: Int) -> Int { passedStatuses.contains(status) ? status : 502 }

  private static let passedStatuses: Set = [400, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529]

  /// Every status that a request which asks for an operation may have instead of an answer.
  static let statuses = passedStatuses.union([401, 403]).sorted()
}
