import Ledger
import Providers

/// What every call of a caller has, whatever it asks for: what entries say of one that goes no further, and how it is told.
protocol CarriedCall: Sendable {
  var requestID: RequestID { get }
  var caller: Caller { get }
  /// The address that it came from.
  var client: ConfiguredName? { get }
  /// What it asks for, as entries name it.
  var recordedOperation: ConfiguredName? { get }

  /// The answer that tells a failure.
  func reply(telling failure: Failure, headers: [(name: String, value: String)]) -> Reply
  /// The answer that tells a refusal.
  func reply(telling refusal: Refusal) -> Reply
}

/// A call whose answers are those of a model's interface.
protocol DialectCall: CarriedCall {
  /// Whose conventions it follows.
  var dialect: Operation.Dialect { get }
}

extension DialectCall {
  func reply(telling failure: Failure, headers: [(name: String, value: String)] = []) -> Reply {
    .failure(failure, in: dialect, of: requestID, headers: headers)
  }

  func reply(telling refusal: Refusal) -> Reply { ErrorReport(refusal).reply(in: dialect, of: requestID) }
}

extension ModelCall: DialectCall {
  var dialect: Operation.Dialect { operation.dialect }
  var recordedOperation: ConfiguredName? { ConfiguredName(operation.rawValue) }
}

extension KeptCall: DialectCall {
  var dialect: Operation.Dialect { .openAI }
  var recordedOperation: ConfiguredName? { act.recorded }
}

extension BatchCall: DialectCall {
  var dialect: Operation.Dialect { operation.dialect }
  var recordedOperation: ConfiguredName? { ConfiguredName(operation.rawValue) }
}

/// A call of a tool server together with the message that its body is.
struct ToolMessage: CarriedCall {
  let call: ToolCall
  let request: ToolRequest

  var requestID: RequestID { call.requestID }
  var caller: Caller { call.caller }
  var client: ConfiguredName? { call.client }
  var recordedOperation: ConfiguredName? { ConfiguredName(request.method.rawValue) }

  func reply(telling failure: Failure, headers: [(name: String, value: String)] = []) -> Reply {
    // Clients take another status for the end of a session.
    failure == .unknownSession ? .failure(failure) : .toolFailure(failure, to: request.id)
  }

  func reply(telling refusal: Refusal) -> Reply {
    refusal.rule == .unknownSession ? .failure(.unknownSession) : .toolRefusal(refusal, to: request.id)
  }
}

extension ToolCall: CarriedCall {
  var recordedOperation: ConfiguredName? { nil }

  func reply(telling failure: Failure, headers: [(name: String, value: String)] = []) -> Reply {
    .toolFailure(failure, to: nil)
  }

  func reply(telling refusal: Refusal) -> Reply { .toolRefusal(refusal, to: nil) }
}
