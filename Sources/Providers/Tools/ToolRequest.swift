package import Bytes

/// A message of a client to a tool server: JSON-RPC 2.0, as the Model Context Protocol uses it.
///
/// Of the protocol, what tools need is carried: the handshake, the list of tools and their calls. A batch, a server's
/// turn and any other method are refused by name. Nothing of the message goes out but the name of an allowed tool and the
/// arguments: the envelope around them, ids and progress tokens among it, is the gateway's own.
package struct ToolRequest: Sendable {
  /// What is asked for.
  package enum Method: String, CaseIterable, Hashable, Sendable {
    case initialize
    case initialized = "notifications/initialized"
    case ping
    case list = "tools/list"
    case call = "tools/call"
    /// Nobody waits for what follows from it.
    case cancelled = "notifications/cancelled"
    case progress = "notifications/progress"
    case rootsChanged = "notifications/roots/list_changed"

    /// Whether it has no answer.
    package var isNotification: Bool { rawValue.utf8.starts(with: "notifications/".utf8) }
    /// Whether a server need not hear of it.
    package var isIdle: Bool { self == .cancelled || self == .progress || self == .rootsChanged }
  }

  /// The revisions of the protocol that are carried, oldest first.
  package static let revisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]

  /// What is asked for.
  package let method: Method
  /// By what the client knows the answer; nil for a notification.
  package let id: JSONValue?
  /// By what the client knows notices of progress; nil when it wants none.
  package let progressToken: JSONValue?
  /// The tool to call; nil when none is called.
  package let tool: String?
  /// Where a list goes on, in the words that the client was given; nil for its beginning.
  package let cursor: String?
  /// The revision of the protocol that the client asks for, where it is one that is carried.
  package let revision: String?
  /// The arguments of a call, as they came.
  package let arguments: [UInt8]
  /// All strings of the arguments that can carry prose, as one text.
  package let prose: ProseView
  /// What of the arguments cannot be inspected.
  package let uninspectable: [Uninspectable]

  /// The message that `body` spells.
  package init(_ body: [UInt8]) throws(ToolError) {
    let message: JSONValue
    do throws(JSONError) {
      message = try JSONValue(parsing: body)
    } catch {
      throw ToolError(.parseError, "the message is not the JSON that it must be: \(error)")
    }
    guard message.members != nil, message["jsonrpc"] == "2.0" else {
      throw ToolError(.invalidRequest, "one message of JSON-RPC 2.0 is taken at a time")
    }
    let id = message["id"]
    guard id.map(ToolRequest.isID) != false else {
      throw ToolError(.invalidRequest, "`id` must be an integer or a text of at most 256 bytes")
    }
    guard let method = message["method"]?.string.flatMap(Method.init) else {
      throw ToolError(.methodNotFound, "only the handshake, `tools/list` and `tools/call` are carried", id: id)
    }
    guard method.isNotification == (id == nil) else {
      throw ToolError(.invalidRequest, "`id` must be there, and not with a notification", id: id)
    }
    let params = message["params"]
    progressToken = params?["_meta"]?["progressToken"]
    guard progressToken.map(ToolRequest.isID) != false else {
      throw ToolError(.invalidParams, "`progressToken` must be an integer or a short text", id: id)
    }
    tool = method == .call ? params?["name"]?.string : nil
    guard method != .call || tool != nil else {
      throw ToolError(.invalidParams, "`params.name` must name the tool", id: id)
    }
    self.method = method
    self.id = id
    cursor = method == .list ? params?["cursor"]?.string : nil
    revision = params?["protocolVersion"]?.string.flatMap { ToolRequest.revisions.contains($0) ? $0 : nil }
    do throws(ProviderError) {
      let written = try ToolRequest.arguments(in: body.span).map { place in Array(body[place]) } ?? Array("{}".utf8)
      let reader = try RequestReader(written.span, as: .unknown)
      arguments = written
      prose = reader.prose
      uninspectable = reader.uninspectable
    } catch {
      throw ToolError(.invalidParams, "`params.arguments`: \(error)", id: id)
    }
  }

  /// The message as it goes to the server, under the gateway's own `number`.
  ///
  /// `arguments` are those of a call as they may go out, `cursor` says in the server's own words where a list goes on, and
  /// `gateway` is what the gateway calls its own version. A server learns nothing of the client, and is told that nobody
  /// here samples, elicits or lists roots, so that it asks for none.
  package func outbound(
    numbered number: Int, arguments: [UInt8], cursor: String? = nil, from gateway: String
  ) -> [UInt8] {
    var output = Array(#"{"jsonrpc":"2.0","#.utf8)
    if !method.isNotification { output += Array(#""id":\#(number),"#.utf8) }
    output += Array(#""method":"\#(method.rawValue)""#.utf8)
    switch method {
    case .initialize:
      let params: JSONValue = [
        "protocolVersion": .string(revision ?? ToolRequest.revisions[ToolRequest.revisions.count - 1]),
        "capabilities": .object([]), "clientInfo": ["name": "cordon", "version": .string(gateway)],
      ]
      output += Array(#","params":"#.utf8) + params.bytes
    case .list:
      if let cursor { output += Array(#","params":"#.utf8) + (["cursor": .string(cursor)] as JSONValue).bytes }
    case .call:
      output += Array(#","params":{"name":"#.utf8) + JSONValue.string(tool ?? "").bytes
      output += Array(#","arguments":"#.utf8) + arguments
      if progressToken != nil { output += Array(#","_meta":{"progressToken":\#(number)}"#.utf8) }
      output.append(0x7D)
    case .initialized, .ping, .cancelled, .progress, .rootsChanged: break
    }
    return output + [0x7D]
  }

  /// An integer or a short text (JSON-RPC 2.0, section 4; the protocol allows no null).
  private static func isID(_ id: JSONValue) -> Bool {
    id.integer != nil || id.string.map { $0.utf8.count <= 256 } == true
  }

  /// Where the value of `params.arguments` stands.
  private static func arguments(in message: Span<UInt8>) throws(ProviderError) -> Range<Int>? {
    var found: Range<Int>?
    _ = try AnswerWalk.reading(message) { walk, text throws(JSONError) in
      while let name = try walk.name(text) {
        let value = try walk.token(text)
        guard walk.string(name, text) == "params", value.kind == .beginObject else {
          try walk.skip(value, text)
          continue
        }
        while let name = try walk.name(text) {
          let value = try walk.token(text)
          let isWanted = walk.string(name, text) == "arguments" && value.kind != .null
          try walk.skip(value, text)
          let isOpen = value.kind == .beginObject || value.kind == .beginArray
          if isWanted { found = value.range.lowerBound..<(isOpen ? walk.offset : value.range.upperBound) }
        }
      }
    }
    return found
  }
}
