import Bytes

/// A failure in the shape that clients of the dialect understand.
package struct OpenAIError: Hashable, Sendable {
  /// What went wrong, for a person; it holds nothing of the request or the answer.
  package var message: String
  /// The family of errors, such as `invalid_request_error`.
  package var type: String
  /// The field that is at fault.
  package var param: String?
  /// The error itself, for a program.
  package var code: String?

  /// A failure of one kind.
  package init(_ message: String, type: String, param: String? = nil, code: String? = nil) {
    self.message = message
    self.type = type
    self.param = param
    self.code = code
  }

  /// The body of an answer that reports it.
  package var body: [UInt8] {
    let error: JSONValue = [
      "message": .string(message), "type": .string(type), "param": param.map(JSONValue.string) ?? .null,
      "code": code.map(JSONValue.string) ?? .null,
    ]
    return JSONValue.object([JSONMember("error", error)]).bytes
  }

  /// The event that reports it in a stream.
  package var event: [UInt8] { Array("data: ".utf8) + body + [0x0A, 0x0A] }

  /// The event that reports it in a stream of an operation's answer; `number` is the event's own, where events have one.
  package func event(for operation: Operation, number: Int) -> [UInt8] {
    guard operation == .responses else { return event }
    let data: JSONValue = [
      "type": "error", "code": code.map(JSONValue.string) ?? .string(type), "message": .string(message),
      "param": param.map(JSONValue.string) ?? .null, "sequence_number": .integer(number),
    ]
    return Array("event: error\ndata: ".utf8) + data.bytes + [0x0A, 0x0A]
  }
}
