import Bytes

/// One line of a batch's results, as the vendor has written it: what came of one request.
///
/// The answer in it is rewritten like any other of its operation; what the vendor says in place of one is not passed on.
package struct BatchResult: Sendable {
  /// What came of the request.
  package enum Ending: Sendable, Hashable {
    /// An answer, which stands there.
    case answered(Range<Int>)
    /// A failure with a status, which is told there in the vendor's words.
    case failed(status: Int, told: Range<Int>)
    /// It was not carried out, for a reason that is one of the dialect's words; the rest is told there.
    case unanswered(code: String?, told: Range<Int>?)
  }

  /// Where the request stood among those of its batch.
  package let place: Int
  /// What came of it.
  package let ending: Ending
  private let line: [UInt8]
  private let nameRange: Range<Int>
  /// The strings beside the answer that are no words of the dialect.
  private let others: [JSONToken]

  /// The result that a line tells.
  package init(_ line: [UInt8], in dialect: Operation.Dialect) throws(ProviderError) {
    var walk = ResultWalk(dialect)
    do throws(JSONError) {
      try walk.read(line.span)
    } catch {
      throw ProviderError(error)
    }
    guard let name = walk.name, let place = BatchItem.place(of: name.text(in: line.span)) else {
      throw ProviderError(.missingField, at: 0, path: "custom_id")
    }
    guard let ending = walk.ending else {
      throw ProviderError(.missingField, at: 0, path: dialect == .openAI ? "response" : "result")
    }
    self.line = line
    self.place = place
    self.ending = ending
    nameRange = name.range
    others = walk.others
  }

  /// The answer by itself; nil when there is none.
  package var answer: [UInt8]? { if case .answered(let range) = ending { Array(line[range]) } else { nil } }

  /// The line under the caller's own name, with another answer in place of the vendor's, or with a failure in Cordon's
  /// words in place of what the vendor told; strings beside it become what `rewritten` makes of them.
  package func written(
    naming customID: [UInt8], telling content: [UInt8]?, with rewritten: ([UInt8]) -> [UInt8]
  ) -> [UInt8] {
    var edits = [(range: nameRange, replacement: JSONString.escaped(customID.span))]
    if let content, let range = toldRange { edits.append((range, content)) }
    for token in others {
      edits.append((token.range, JSONString.escaped(rewritten(token.text(in: line.span)).span)))
    }
    return spliced(line.span, replacing: edits.sorted { $0.range.lowerBound < $1.range.lowerBound })
  }

  /// What the vendor told of the request, an answer or not; nil when it told nothing.
  package var told: [UInt8]? { toldRange.map { Array(line[$0]) } }

  private var toldRange: Range<Int>? {
    switch ending {
    case .answered(let range), .failed(_, let range): range
    case .unanswered(_, let range): range
    }
  }
}

/// A walk over a line of results.
private struct ResultWalk {
  private let dialect: Operation.Dialect
  private(set) var name: JSONToken?
  private(set) var others: [JSONToken] = []
  private var status: Int?
  private var answer: Range<Int>?
  private var failure: Range<Int>?
  private var code: String?
  private var kind: String?

  init(_ dialect: Operation.Dialect) { self.dialect = dialect }

  var ending: BatchResult.Ending? {
    switch dialect {
    case .openAI:
      guard let answer else { return failure.map { .unanswered(code: code, told: $0) } }
      // Beside an answer nothing else is told: it would go out as the vendor said it.
      guard failure == nil else { return nil }
      return status == 200 ? .answered(answer) : .failed(status: status ?? 502, told: answer)
    case .anthropic:
      switch kind {
      case "succeeded": return failure == nil ? answer.map { .answered($0) } : nil
      case "errored": return answer == nil ? failure.map { .failed(status: 502, told: $0) } : nil
      case "canceled", "expired": return answer == nil && failure == nil ? .unanswered(code: kind, told: nil) : nil
      default: return nil
      }
    }
  }

  mutating func read(_ text: Span<UInt8>) throws(JSONError) {
    var cursor = try JSONCursor(text)
    let first = try cursor.token(in: text)
    guard first.kind == .beginObject else { throw JSONError(.unexpectedByte, at: first.range.lowerBound) }
    while let member = try name(&cursor, text) {
      let value = try cursor.token(in: text)
      switch (dialect, member) {
      case (_, "custom_id") where value.kind == .string: name = value
      case (.openAI, "response") where value.kind == .beginObject: try readResponse(&cursor, text)
      case (.openAI, "error") where value.kind != .null: failure = try whole(value, &cursor, text) { code = $0 }
      case (.anthropic, "result") where value.kind == .beginObject: try readResult(&cursor, text)
      default: try readOther(value, &cursor, text)
      }
    }
    _ = try cursor.next(in: text)
  }

  private mutating func readResponse(_ cursor: inout JSONCursor, _ text: Span<UInt8>) throws(JSONError) {
    while let member = try name(&cursor, text) {
      let value = try cursor.token(in: text)
      switch member {
      case "status_code" where value.kind == .number:
        status = Int(String(decoding: value.text(in: text), as: UTF8.self))
      case "body": answer = try whole(value, &cursor, text)
      default: try readOther(value, &cursor, text)
      }
    }
  }

  private mutating func readResult(_ cursor: inout JSONCursor, _ text: Span<UInt8>) throws(JSONError) {
    while let member = try name(&cursor, text) {
      let value = try cursor.token(in: text)
      switch member {
      case "type" where value.kind == .string: kind = String(decoding: value.text(in: text), as: UTF8.self)
      case "message": answer = try whole(value, &cursor, text)
      case "error": failure = try whole(value, &cursor, text)
      default: try readOther(value, &cursor, text)
      }
    }
  }

  /// Takes the strings of a value that may say something.
  private mutating func readOther(
    _ value: JSONToken, _ cursor: inout JSONCursor, _ text: Span<UInt8>
  ) throws(JSONError) {
    let outside = cursor.depth - (value.kind == .beginObject || value.kind == .beginArray ? 1 : 0)
    take(value, text)
    while cursor.depth > outside { take(try cursor.token(in: text), text) }
  }

  private mutating func take(_ token: JSONToken, _ text: Span<UInt8>) {
    if token.kind == .string, !VendorWord.isWord(text.extracting(token.range)) { others.append(token) }
  }

  /// Walks past a value; of an object, `code` is told what its member `code` says in a word.
  private func whole(
    _ value: JSONToken, _ cursor: inout JSONCursor, _ text: Span<UInt8>, code: (String) -> Void = { _ in }
  ) throws(JSONError) -> Range<Int> {
    let start = value.kind == .string ? value.range.lowerBound - 1 : value.range.lowerBound
    guard value.kind == .beginObject else {
      try cursor.skip(value, in: text)
      return start..<cursor.offset
    }
    while let member = try name(&cursor, text) {
      let inner = try cursor.token(in: text)
      if member == "code", inner.kind == .string, VendorWord.isWord(text.extracting(inner.range)) {
        code(String(decoding: inner.text(in: text), as: UTF8.self))
      }
      try cursor.skip(inner, in: text)
    }
    return start..<cursor.offset
  }

  /// The name of the next member; nil at the end of the object.
  private func name(_ cursor: inout JSONCursor, _ text: Span<UInt8>) throws(JSONError) -> String? {
    let token = try cursor.token(in: text)
    return token.kind == .name ? String(decoding: token.text(in: text), as: UTF8.self) : nil
  }
}

/// The words and ids that vendors' interfaces have in places that hold no text.
enum VendorWord {
  /// Whether `text` is letters, digits and marks without a space, as ids, states and names of errors are.
  static func isWord(_ text: Span<UInt8>) -> Bool {
    guard text.count <= 128 else { return false }
    for index in text.indices {
      let byte = text[index]
      guard ASCII.isAlphanumeric(byte) || byte == 0x5F || byte == 0x2D || byte == 0x2E || byte == 0x2F || byte == 0x3A
      else { return false }
    }
    return true
  }
}

extension BatchResult {
  /// A line that says only that the answer to a request of OpenAI's dialect may not be handed out.
  package static func line(naming customID: [UInt8], failing error: OpenAIError) -> [UInt8] {
    let value: JSONValue = [
      "id": .null, "custom_id": .string(String(decoding: customID, as: UTF8.self)), "response": .null,
      "error": ["code": error.code.map { .string($0) } ?? .null, "message": .string(error.message)],
    ]
    return value.bytes
  }

  /// A line that says only that the answer to a request of Anthropic's dialect may not be handed out; `error` is the body
  /// that would say so of one request.
  package static func line(naming customID: [UInt8], telling error: [UInt8]) -> [UInt8] {
    var line = Array(#"{"custom_id":""#.utf8)
    JSONString.escape(customID.span, into: &line)
    return line + Array(#"","result":{"type":"errored","error":"#.utf8) + error + [0x7D, 0x7D]
  }

  /// What a line says in the place of an answer.
  package static func error(_ code: String, saying message: String) -> [UInt8] {
    (["code": .string(code), "message": .string(message)] as JSONValue).bytes
  }
}
