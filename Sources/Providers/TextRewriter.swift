/// Something that rewrites a text that comes in pieces, and may hold back the end of a piece until it has seen more.
///
/// The pieces are UTF-8, except that half of a surrogate pair which JSON spelt as an escape comes as its three bytes of
/// WTF-8, and goes back to JSON as the same escape. What is appended by one call ends where a character ends.
package protocol TextRewriter {
  /// What a text has to know of the one that a client may put right before it.
  associatedtype Trail: Sendable

  /// What a text that comes right after this one has to know of it.
  var trail: Trail { get }

  /// Goes on from another text; nothing of this one has come.
  mutating func follow(_ trail: Trail)

  /// Whether values may be put into the texts of `call`, the JSON of what a tool is told to do.
  func admits(_ call: Span<UInt8>) -> Bool

  /// Takes it that the text is part of a call that was asked about; nothing of it has come.
  mutating func isPart(ofAdmittedCall isAdmitted: Bool)

  /// Takes the next piece of the text and appends what is ready.
  mutating func rewrite(_ text: Span<UInt8>, into output: inout [UInt8])

  /// Takes the end of the text and appends what was held back.
  mutating func finish(into output: inout [UInt8])
}

extension TextRewriter {
  package func admits(_ call: Span<UInt8>) -> Bool { true }
  package mutating func isPart(ofAdmittedCall isAdmitted: Bool) {}
}
