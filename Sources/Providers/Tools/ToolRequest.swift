package import Bytes
package import PHI

/// A message of a client to a tool server: JSON-RPC 2.0, as the Model Context Protocol uses it (revision 2025-06-18).
///
/// Of the protocol, what tools need is carried: the handshake, the list of tools and their calls. A batch, a server's
/// turn and any other method are refused by name.
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

  /// What is asked for.
  package let method: Method
  /// By what the answer is known; nil for a notification.
  package let id: JSONValue?
  /// The tool to call.
  package let tool: String?
  /// Where a list goes on, in a server's own words.
  private let cursor: String?
  /// The revision of the protocol that the client speaks, when it says so.
  package let revision: String?
  /// All strings that can carry prose, as one text.
  package let prose: ProseView
  /// The message.
  package let body: [UInt8]

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
    guard let name = message["method"]?.string, let method = Method(rawValue: name) else {
      throw ToolError(.methodNotFound, "only the handshake, `tools/list` and `tools/call` are carried", id: id)
    }
    guard method.isNotification ? id == nil : id.map(ToolRequest.isPlain) == true else {
      throw ToolError(.invalidRequest, "`id` must be a small number, or random letters and digits")
    }
    let params = message["params"]
    if let token = params?["_meta"]?["progressToken"], !ToolRequest.isPlain(token) {
      throw ToolError(.invalidRequest, "`progressToken` must be a small number, or random letters and digits", id: id)
    }
    tool = params?["name"]?.string
    guard method != .call || tool != nil else {
      throw ToolError(.invalidParams, "`params.name` must name the tool", id: id)
    }
    self.method = method
    self.id = id
    cursor = params?["cursor"]?.string
    guard cursor.map(ToolRequest.isCursor) != false else {
      throw ToolError(.invalidParams, "`cursor` has a form that is not passed on", id: id)
    }
    revision = params?["protocolVersion"]?.string.flatMap { CalendarDate($0) == nil ? nil : $0 }
    do throws(ProviderError) {
      prose = try RequestReader(body.span, as: .toolMessage).prose
    } catch {
      throw ToolError(.invalidRequest, error.description, id: id)
    }
    self.body = body
  }

  /// The text to look for identifiers in, and to make edits of.
  package var view: [UInt8] { prose.text }

  /// The message with stretches of the view replaced, every other byte as it came.
  package func body(replacing edits: [Edit]) -> [UInt8] { prose.splicing(edits, into: body) }

  /// The handshake as the gateway itself makes it: a server learns nothing of the client, and is told that nobody here
  /// samples, elicits or lists roots, so that it asks for none.
  package func handshake(version: String) -> [UInt8] {
    let message: JSONValue = [
      "jsonrpc": "2.0", "id": id ?? .null, "method": "initialize",
      "params": [
        "protocolVersion": .string(revision ?? "2025-06-18"), "capabilities": .object([]),
        "clientInfo": ["name": "cordon", "version": .string(version)],
      ],
    ]
    return message.bytes
  }

  /// The message with nothing but what the protocol needs of it: for a list of tools, the place to go on from.
  package var bare: [UInt8] {
    var members = [JSONMember("jsonrpc", "2.0")]
    if let id { members.append(JSONMember("id", id)) }
    members.append(JSONMember("method", .string(method.rawValue)))
    if let cursor { members.append(JSONMember("params", ["cursor": .string(cursor)])) }
    return JSONValue.object(members).bytes
  }

  /// Whether a text is short and in the letters of base64 and of programs' names, without a long number.
  private static func isCursor(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return StructuralName.matches(bytes.span) || StructuralName.isOpaque(bytes.span)
      || Int(text).map { $0 < 1_000_000 } == true
  }

  /// Whether an id says nothing: a number of at most six digits, or letters and digits as programs draw them.
  private static func isPlain(_ id: JSONValue) -> Bool {
    if let number = id.integer { return (0..<1_000_000).contains(number) }
    guard let text = id.string, (1...64).contains(text.utf8.count) else { return false }
    let isUUID = text.utf8.count == 36 && text.utf8.allSatisfy { ASCII.hexDigit($0) != nil || $0 == 0x2D }
    return isUUID || StructuralName.matches(Array(text.utf8).span)
  }
}

extension RequestShape {
  static let toolMessage = RequestShape { toolMessageTable }
  private static let toolParameters = RequestShape { toolParametersTable }
  private static let toolMeta = RequestShape { toolMetaTable }

  private static let toolMessageTable: Table = Table([
    Field("jsonrpc", .words(["2.0"])),
    Field("id", .structural),
    Field("method", .words(["initialize", "notifications/initialized", "ping", "tools/list", "tools/call"])),
    Field("params", .shape(.toolParameters)),
  ])

  private static let toolParametersTable: Table = Table([
    Field("name", .structural),
    Field("arguments", .labelledOr(.unknown)),
    Field("_meta", .shape(.toolMeta)),
    Field("cursor", .opaque),
  ])

  private static let toolMetaTable: Table = Table([Field("progressToken", .structural)])
}
