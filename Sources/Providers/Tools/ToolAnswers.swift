import Bytes

/// What a tool server says to one request: its answer, and notices on the way.
package struct ToolAnswers: Sendable {
  private let method: ToolRequest.Method
  private let id: JSONValue?
  private let allowed: Set<String>

  /// What is said to `request` by a server of whose tools these are allowed.
  package init(to request: ToolRequest, allowing tools: Set<String>) {
    method = request.method
    id = request.id
    allowed = tools
  }

  /// A message for the client.
  package struct Message: Sendable {
    /// Its bytes.
    package let body: [UInt8]
    /// Whether it is the answer, after which nothing comes.
    package let isAnswer: Bool
    /// Whether it reports that the call failed.
    package let isFailure: Bool
  }

  /// A message of the server as the client gets it.
  ///
  /// Texts are rewritten, tools that are not allowed left out, every other byte stays as it
  /// came. A request of the server's own is refused: nobody told it that it may ask.
  package func rewritten(
    _ message: [UInt8], with makeRewriter: (TextChannel) -> some TextRewriter
  ) throws(ProviderError) -> Message {
    if method == .initialize { return try handshake(message) }
    let reading = try ToolReading(message.span, of: method)
    try check(reading, message.span)
    var edits: [(range: Range<Int>, replacement: [UInt8])] = []
    if let tools = reading.tools, method == .list {
      let kept = tools.elements.filter { allowed.contains($0.name) }.map { Array(message[$0.range]) }
      edits.append((tools.range, Array("[".utf8) + Array(kept.joined(separator: [0x2C])) + Array("]".utf8)))
    } else {
      for token in reading.texts {
        let text = token.text(in: message.span)
        var rewriter = makeRewriter(ToolAnswers.channel(of: text))
        let rewritten = rewriter.whole(text.span)
        if rewritten != text { edits.append((token.range, JSONString.escaped(rewritten.span))) }
      }
    }
    return Message(
      body: edits.isEmpty ? message : spliced(message.span, replacing: edits), isAnswer: reading.isAnswer,
      isFailure: reading.isFailure)
  }

  private func check(_ reading: ToolReading, _ message: Span<UInt8>) throws(ProviderError) {
    guard reading.isAnswer else {
      if reading.id != nil || !reading.isNotice { throw ProviderError(.vendorFailed, at: 0, path: "method") }
      return
    }
    let written = reading.id.map { [UInt8](copying: message.extracting($0)) } ?? Array("null".utf8)
    guard written == id?.bytes else { throw ProviderError(.wrongType, at: 0, path: "id") }
  }

  /// What the server says of itself, less all but its tools.
  private func handshake(_ message: [UInt8]) throws(ProviderError) -> Message {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: message)
    } catch {
      throw ProviderError(error)
    }
    if value["error"] != nil { return Message(body: message, isAnswer: true, isFailure: true) }
    guard value["id"] == id, let result = value["result"]?.members else {
      throw ProviderError(.missingField, at: 0, path: "result")
    }
    let members = result.map { member in
      guard member.name == "capabilities" else { return member }
      let tools = member.value["tools"].map { [JSONMember("tools", $0)] } ?? []
      return JSONMember("capabilities", .object(tools))
    }
    let answer: JSONValue = ["jsonrpc": "2.0", "id": id ?? .null, "result": .object(members)]
    return Message(body: answer.bytes, isAnswer: true, isFailure: false)
  }

  /// Tools like to answer in JSON that stands in a text: what is put into such a text is escaped for it.
  private static func channel(of text: [UInt8]) -> TextChannel {
    let first = text.first { !ASCII.isSpace($0) }
    let isJSON = (first == 0x7B || first == 0x5B) && (try? JSONValue(parsing: text)) != nil
    return isJSON ? TextChannel(.toolArguments(call: 0)) : TextChannel(.other)
  }
}
