package import Bytes

/// A failure as JSON-RPC 2.0 reports it (section 5.1).
package struct ToolError: Error, Hashable, Sendable {
  /// Its number.
  package enum Code: Int, Hashable, Sendable {
    case parseError = -32_700
    case invalidRequest = -32_600
    case methodNotFound = -32_601
    case invalidParams = -32_602
    case internalError = -32_603
    /// Refused by a rule of the gateway's.
    case refused = -32_001
    /// The server gave no usable answer.
    case serverFailed = -32_003
  }

  package var code: Code
  /// What went wrong, for a person; it holds nothing of the message.
  package var message: String
  /// The id of the request that failed, where it is known.
  package var id: JSONValue?
  /// The rule that refused.
  package var rule: String?

  package init(_ code: Code, _ message: String, id: JSONValue? = nil, rule: String? = nil) {
    self.code = code
    self.message = message
    self.id = id
    self.rule = rule
  }

  /// The message that reports it.
  package var body: [UInt8] {
    var error = [JSONMember("code", .integer(code.rawValue)), JSONMember("message", .string(message))]
    if let rule { error.append(JSONMember("data", ["rule": .string(rule)])) }
    return (["jsonrpc": "2.0", "id": id ?? .null, "error": .object(error)] as JSONValue).bytes
  }

  /// The event that reports it in a stream.
  package var event: [UInt8] { Array("event: message\ndata: ".utf8) + body + [0x0A, 0x0A] }
}
