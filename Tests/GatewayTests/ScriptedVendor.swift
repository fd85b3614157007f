import Bytes
import Gateway
import Synchronization

/// A vendor that keeps what it is sent and answers as a test says.
final class ScriptedVendor: ModelEndpoint {
  private let seen = Mutex<[OutboundRequest]>([])
  private let script: @Sendable (OutboundRequest) throws(VendorFailure) -> VendorAnswer

  /// What it is sent beside its requests.
  let credential: VendorCredential?

  init(
    sending credential: VendorCredential? = nil,
    _ script: @escaping @Sendable (OutboundRequest) throws(VendorFailure) -> VendorAnswer
  ) {
    self.credential = credential
    self.script = script
  }

  /// What it got.
  var requests: [OutboundRequest] { seen.withLock { $0 } }

  /// The bodies it got.
  var bodies: [[UInt8]] { requests.map(\.body) }

  func send(_ request: OutboundRequest) async throws(VendorFailure) -> VendorAnswer {
    seen.withLock { $0.append(request) }
    return try script(request)
  }

  /// What it answers.
  func answer(_ request: OutboundRequest) throws(VendorFailure) -> VendorAnswer { try script(request) }

  /// The content of the last message that a request carries.
  static func lastContent(of request: OutboundRequest) -> String {
    (try? JSONValue(parsing: request.body))?["messages"]?.array?.last?["content"]?.string ?? ""
  }

  /// A vendor that says back what it was told, whole or as a stream cut into pieces of `length` bytes.
  static func echo(cutting length: Int = 7) -> ScriptedVendor {
    ScriptedVendor { request throws(VendorFailure) in
      let text = lastContent(of: request)
      return request.isStreaming ? stream(events(saying: text, cut: length), cut: length) : whole(saying: text)
    }
  }

  /// A whole answer.
  static func whole(saying text: String) -> VendorAnswer {
    let body: JSONValue = [
      "id": "1", "object": "chat.completion",
      "choices": [
        ["index": 0, "message": ["role": "assistant", "content": .string(text)], "finish_reason": "stop"]
      ],
      "usage": ["prompt_tokens": 11, "completion_tokens": 7],
    ]
    return VendorAnswer(status: 200, contentType: "application/json", passedHeaders: [], body: .pieces([body.bytes]))
  }

  /// The events of a stream that says `text` in pieces of `length` characters and ends as it should.
  static func events(saying text: String, cut length: Int) -> [UInt8] {
    var events: [UInt8] = []
    var rest = Array(text)[...]
    while !rest.isEmpty {
      events += event([
        JSONMember("delta", ["content": .string(String(rest.prefix(length)))]), JSONMember("finish_reason", .null),
      ])
      rest = rest.dropFirst(length)
    }
    return events + event([JSONMember("delta", [:]), JSONMember("finish_reason", "stop")])
      + Array("data: [DONE]\n\n".utf8)
  }

  /// A stream of these bytes, in pieces of `length`.
  static func stream(_ bytes: [UInt8], cut length: Int) -> VendorAnswer {
    let pieces = stride(from: 0, to: bytes.count, by: length).map { Array(bytes[$0..<min($0 + length, bytes.count)]) }
    return VendorAnswer(status: 200, contentType: "text/event-stream", passedHeaders: [], body: .pieces(pieces))
  }

  private static func event(_ choice: [JSONMember]) -> [UInt8] {
    let chunk: JSONValue = [
      "id": "1", "object": "chat.completion.chunk", "choices": [.object([JSONMember("index", 0)] + choice)],
    ]
    return Array("data: ".utf8) + chunk.bytes + [0x0A, 0x0A]
  }
}
