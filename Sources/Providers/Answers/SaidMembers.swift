import Bytes

/// What an answer says in some members of its document, or of the documents of its events.
///
/// A member is looked for at the top, and in the `response` or the `message` that an event carries.
package struct SaidMembers: Sendable {
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
    guard let value = try? JSONValue(parsing: document) else { return }
    take(value)
  }

  /// Reads the next bytes of a stream.
  package mutating func receive(_ piece: Span<UInt8>) {
    framing.append(piece)
    while let event = framing.next() { read(StreamEvent(event).data) }
  }

  /// Reads what a stream ends with.
  package mutating func finish() {
    while let event = framing.rest() { read(StreamEvent(event).data) }
  }

  private mutating func take(_ value: JSONValue) {
    for member in value.members ?? [] {
      if names.contains(member.name), member.value != .null {
        let said = member.value.string ?? ""
        if values[member.name]?.contains(said) != true { values[member.name, default: []].append(said) }
      } else if member.name == "response" || member.name == "message" {
        for inner in member.value.members ?? [] where names.contains(inner.name) { take(.object([inner])) }
      }
    }
  }
}
