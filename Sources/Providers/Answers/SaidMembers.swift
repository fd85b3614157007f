import Bytes

/// What an answer says in some members of its document, or of the documents of its events.
///
/// A member is looked for at the top, and in the `response` or the `message` that an event carries.
package struct SaidMembers: Sendable {
  /// How many different values of a member are told apart; what is more is told as an empty one.
  private static let most = 8
  /// What was said, by member, each once; what is no text is an empty one, and `null` says nothing.
  package private(set) var values: [String: [String]] = [:]
  private let names: Set<String>
  private var framing = EventFraming()

  /// Looks for members of these names.
  package init(_ names: some Sequence<String>) { self.names = Set(names) }

  /// Whether each of the members was there.
  package var isWhole: Bool { values.count == names.count }

  /// Reads a whole answer.
  package mutating func read(_ document: [UInt8]) {
    // Half of a surrogate pair is no text, but streams may cut a text there.
    guard let value = (try? JSONValue(parsing: document)) ?? (try? JSONValue(parsing: Self.withoutSurrogates(document)))
    else { return }
    take(value)
  }

  /// Reads the next bytes of a stream; whether they say anything that was not said.
  package mutating func receive(_ piece: Span<UInt8>) -> Bool {
    let known = values
    framing.append(piece)
    while let event = framing.next() { read(StreamEvent(event).data) }
    return values != known
  }

  /// Reads what a stream ends with.
  package mutating func finish() {
    while let event = framing.rest() { read(StreamEvent(event).data) }
  }

  /// The same with U+FFFD for each escape of a surrogate.
  private static func withoutSurrogates(_ document: [UInt8]) -> [UInt8] {
    var document = document
    for place in document.indices.dropFirst().dropLast(4)
    where document[place - 1] == 0x5C && document[place] == 0x75 && document[place + 1] | 0x20 == 0x64 {
      guard let digit = ASCII.hexDigit(document[place + 2]), digit > 7 else { continue }
      document.replaceSubrange(place + 1...place + 4, with: Array("fffd".utf8))
    }
    return document
  }

  private mutating func take(_ value: JSONValue) {
    for member in value.members ?? [] {
      if names.contains(member.name), member.value != .null {
        let said = (values[member.name]?.count ?? 0) < Self.most ? member.value.string ?? "" : ""
        if values[member.name]?.contains(said) != true { values[member.name, default: []].append(said) }
      } else if member.name == "response" || member.name == "message" {
        for inner in member.value.members ?? [] where names.contains(inner.name) { take(.object([inner])) }
      }
    }
  }
}
