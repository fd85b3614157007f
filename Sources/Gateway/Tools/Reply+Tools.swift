import Bytes
import Providers

extension Reply {
  /// The answer to a notice.
  static var accepted: Reply { Reply(status: 202, headers: [], body: .whole([])) }

  /// The answer to a message that has no other.
  ///
  /// One that waits for an answer gets it as JSON-RPC gives it, with status 200: clients take another status for the end
  /// of the session.
  static func toolFailure(_ failure: Failure, to id: JSONValue?) -> Reply {
    .json(id == nil ? failure.status : 200, ToolError(failure, to: id).body)
  }

  /// The answer to a message that a rule refuses.
  static func toolRefusal(_ refusal: Refusal, to id: JSONValue?) -> Reply {
    let error = ToolError(.refused, refusal.message, id: id, rule: refusal.rule.rawValue)
    let headers = refusal.retryAfter.map { [(name: "retry-after", value: String($0))] } ?? []
    return .json(id == nil ? refusal.status : 200, error.body, headers: headers)
  }
}

extension ToolError {
  /// A failure as JSON-RPC reports it.
  init(_ failure: Failure, to id: JSONValue?) {
    self.init(.serverFailed, failure.error.message, id: id, rule: failure.error.code)
  }
}
