import Bytes

/// What a tool server says to one request: its answer, and notices on the way.
package struct ToolAnswers: Sendable {
  private let request: ToolRequest
  private let number: Int
  private let allowed: Set<String>
  private let isSearched: Bool
  private let present: @Sendable (String) -> String

  /// What is said to `request` by a server of whose tools these are allowed.
  ///
  /// - Parameters:
  ///   - request: what the client asked.
  ///   - number: the number under which it went out.
  ///   - tools: those that may be seen.
  ///   - isSearched: whether what is said is looked through for identifiers: then what stands beside the texts of the content
  ///     is rewritten as JSON, as some are only said by a name and a value together, and what is no text is left out.
  ///   - present: what the client is given in the place of a server's word for where a list goes on.
  package init(
    to request: ToolRequest, numbered number: Int, allowing tools: Set<String>,
    searching isSearched: Bool = false,
    presentingCursor present: @escaping @Sendable (String) -> String
  ) {
    self.request = request
    self.number = number
    allowed = tools
    self.isSearched = isSearched
    self.present = present
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
  /// Texts and names are rewritten, tools that are not allowed left out, every other byte stays as it came. A request of
  /// the server's own is refused: nobody told it that it may ask.
  package func rewritten(
    _ message: [UInt8], with makeRewriter: (TextChannel) -> some TextRewriter
  ) throws(ProviderError) -> Message {
    let reading = try ToolReading(message.span, of: request.method, whole: isSearched)
    try check(reading)
    if request.method == .initialize, reading.isAnswer, !reading.isError { return try handshake(message) }
    var edits: [(range: Range<Int>, replacement: [UInt8])] = []
    if let id = reading.id { edits.append((id, request.id?.bytes ?? Array("null".utf8))) }
    if let token = reading.progressToken, let own = request.progressToken { edits.append((token, own.bytes)) }
    if let tools = reading.tools {
      let kept = tools.elements.filter { allowed.contains($0.name) }.map { Array(message[$0.range]) }
      edits.append((tools.range, Array("[".utf8) + Array(kept.joined(separator: [0x2C])) + Array("]".utf8)))
    }
    if let cursor = reading.cursor {
      let own = String(decoding: cursor.text(in: message.span), as: UTF8.self)
      edits.append((cursor.range, JSONString.escaped(Array(present(own).utf8).span)))
    }
    for token in reading.texts {
      let text = token.text(in: message.span)
      var rewriter = makeRewriter(ToolAnswers.channel(of: text))
      let rewritten = rewriter.whole(text.span)
      if rewritten != text { edits.append((token.range, JSONString.escaped(rewritten.span))) }
    }
    for range in reading.unreadable { edits.append((range, ToolAnswers.leftOut)) }
    for range in reading.members {
      let text = Array(message[range])
      var rewriter = makeRewriter(TextChannel(.toolArguments(call: 0)))
      let rewritten = rewriter.whole(text.span)
      if rewritten != text { edits.append((range, rewritten)) }
    }
    edits.sort { $0.range.lowerBound < $1.range.lowerBound }
    return Message(
      body: edits.isEmpty ? message : spliced(message.span, replacing: edits), isAnswer: reading.isAnswer,
      isFailure: reading.isFailure)
  }

  private static let leftOut = Array(
    #"{"type":"text","text":"[left out: it cannot be searched for identifiers]"}"#.utf8)

  private func check(_ reading: ToolReading) throws(ProviderError) {
    guard reading.isAnswer else {
      guard reading.id == nil, reading.isNotice else { throw ProviderError(.vendorFailed, at: 0, path: "method") }
      guard reading.progressToken == nil || request.progressToken != nil && reading.progressNumber == number else {
        throw ProviderError(.wrongType, at: 0, path: "params.progressToken")
      }
      return
    }
    guard !reading.hasMethod, !reading.hasParameters, reading.isError != reading.isResult else {
      throw ProviderError(.vendorFailed, at: 0, path: "result")
    }
    guard reading.idNumber == number else { throw ProviderError(.wrongType, at: 0, path: "id") }
    guard reading.isError || request.method != .list || reading.tools != nil else {
      throw ProviderError(.missingField, at: 0, path: "result.tools")
    }
  }

  /// What the server says of itself, less all but its tools.
  private func handshake(_ message: [UInt8]) throws(ProviderError) -> Message {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: message)
    } catch {
      throw ProviderError(error)
    }
    guard let result = value["result"]?.members, let revision = value["result"]?["protocolVersion"]?.string,
      ToolRequest.revisions.contains(revision)
    else { throw ProviderError(.missingField, at: 0, path: "result.protocolVersion") }
    let members = result.map { member in
      guard member.name == "capabilities" else { return member }
      let tools = member.value["tools"].map { [JSONMember("tools", $0)] } ?? []
      return JSONMember("capabilities", .object(tools))
    }
    let answer: JSONValue = ["jsonrpc": "2.0", "id": request.id ?? .null, "result": .object(members)]
    return Message(body: answer.bytes, isAnswer: true, isFailure: false)
  }

  /// Tools like to answer in JSON that stands in a text: what is put into such a text is escaped for it.
  private static func channel(of text: [UInt8]) -> TextChannel {
    let first = text.first { !ASCII.isSpace($0) }
    let isJSON = (first == 0x7B || first == 0x5B) && (try? JSONValue(parsing: text)) != nil
    return isJSON ? TextChannel(.toolArguments(call: 0)) : TextChannel(.other)
  }
}
