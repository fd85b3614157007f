import Bytes

/// What an answer says in some members of its document, or of the documents of its events.
///
/// A member is looked for at the top, and in the `response` or the `message` that an event carries. A document that cannot
/// have any of them costs a look at its bytes; the others are walked through, and nothing is built of them.
package struct SaidMembers: Sendable {
  /// How many different values of a member are told apart; what is more is told as an empty one.
  private static let most = 8
  /// What was said, by member, each once; what is no text is an empty one, and `null` says nothing.
  package private(set) var values: [String: [String]] = [:]
  private let names: Set<String>
  /// The names as JSON spells them without need.
  private let spellings: [[UInt8]]
  private var framing = EventFraming()

  /// Looks for members of these names.
  package init(_ names: some Sequence<String>) {
    self.names = Set(names)
    spellings = self.names.map { JSONString.escaped(Array($0.utf8).span) }
  }

  /// Whether each of the members was there.
  package var isWhole: Bool { values.count == names.count }

  /// Reads a whole answer; whether it says anything that was not said.
  @discardableResult
  package mutating func read(_ document: [UInt8]) -> Bool {
    guard mayName(document.span), let said = try? said(in: document.span) else { return false }
    var isNew = false
    for (name, value) in said { isNew = take(value, of: name) || isNew }
    return isNew
  }

  /// Reads the next bytes of a stream; whether they say anything that was not said.
  package mutating func receive(_ piece: Span<UInt8>) -> Bool {
    framing.append(piece)
    var isNew = false
    while let event = framing.next() { isNew = read(event: event) || isNew }
    return isNew
  }

  /// Reads what a stream ends with.
  package mutating func finish() {
    while let event = framing.rest() { _ = read(event: event) }
  }

  private mutating func read(event: [UInt8]) -> Bool {
    // No name goes over the end of a line of data: between them stands a line feed, which no string has.
    mayName(event.span) && read(StreamEvent(event).data)
  }

  private mutating func take(_ said: String, of name: String) -> Bool {
    let said = (values[name]?.count ?? 0) < Self.most ? said : ""
    guard values[name]?.contains(said) != true else { return false }
    values[name, default: []].append(said)
    return true
  }

  /// Whether one of the names may stand there, as it is or in escapes.
  private func mayName(_ text: Span<UInt8>) -> Bool {
    var place = 0
    while let found = text.firstIndex(of: 0x5C, from: place), found + 1 < text.count {
      if text[found + 1] == 0x75 || text[found + 1] == 0x2F { return true }
      place = found + 2
    }
    return spellings.contains { Self.contains($0, in: text) }
  }

  private static func contains(_ word: [UInt8], in text: Span<UInt8>) -> Bool {
    guard let first = word.first else { return true }
    var place = 0
    while let found = text.firstIndex(of: first, from: place), found + word.count <= text.count {
      if text.extracting(found..<found + word.count).elementsEqual(word) { return true }
      place = found + 1
    }
    return false
  }

  /// What a document says, in its order.
  private func said(in text: Span<UInt8>) throws(JSONError) -> [(name: String, value: String)] {
    var cursor = try JSONCursor(text)
    guard try cursor.token(in: text).kind == .beginObject else { return [] }
    var said: [(name: String, value: String)] = []
    try read(&cursor, text, isTop: true, into: &said)
    // What has more behind it is no document.
    _ = try cursor.next(in: text)
    return said
  }

  private func read(
    _ cursor: inout JSONCursor, _ text: Span<UInt8>, isTop: Bool, into said: inout [(name: String, value: String)]
  ) throws(JSONError) {
    while true {
      let member = try cursor.token(in: text)
      guard member.kind == .name else { return }
      let name = String(decoding: member.text(in: text), as: UTF8.self)
      let value = try cursor.token(in: text)
      if names.contains(name) {
        switch value.kind {
        case .null: break
        // Half of a surrogate pair is no text.
        case .string: said.append((name, String(validating: value.text(in: text), as: UTF8.self) ?? ""))
        default: said.append((name, ""))
        }
      } else if isTop, value.kind == .beginObject, name == "response" || name == "message" {
        try read(&cursor, text, isTop: false, into: &said)
        continue
      }
      try cursor.skip(value, in: text)
    }
  }
}

extension Span<UInt8> {
  fileprivate func elementsEqual(_ word: [UInt8]) -> Bool {
    guard count == word.count else { return false }
    for index in word.indices where self[index] != word[index] { return false }
    return true
  }
}
