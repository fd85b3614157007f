/// A run of letters and digits, or one mark of punctuation, in the text of a page.
///
/// Words are values of 24 bytes in one flat array, so that a detector can look at neighbours by index.
package struct Word: Sendable {
  /// A hash of the word in lower case; equal words in any case have equal hashes (`WordHash`).
  package var hash: UInt64
  /// The first byte, in the bytes of the page.
  package var start: UInt32
  /// How many bytes.
  package var length: UInt32
  /// What the word may mean to a detector of structured identifiers (`Vocabulary`).
  package var roles: Roles
  /// Letters, digits, both, or a mark.
  package var kind: Kind
  /// How it is written and where it stands.
  package var shape: Shape
  /// The field that the word names (`MRN`, `phone`), if any.
  package var field: Field
  /// A month's number, a number word's value, or the byte of a mark.
  package var value: UInt8

  /// What a word is made of.
  package enum Kind: UInt8, Sendable {
    case letters, digits, mixed, mark
  }

  /// How a word is written and where it stands.
  package struct Shape: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The first letter is a capital.
    package static let initialCapital = Shape(rawValue: 1)
    /// Every letter is a capital, and there is one.
    package static let allCapitals = Shape(rawValue: 2)
    /// A digit occurs.
    package static let hasDigit = Shape(rawValue: 4)
    /// The first word of its line.
    package static let lineStart = Shape(rawValue: 8)
    /// White space, or the start of the text, stands before it.
    package static let spaceBefore = Shape(rawValue: 16)
    /// A byte outside ASCII occurs.
    package static let nonASCII = Shape(rawValue: 32)
    /// Digits, but for letters that a bad scan puts for them (`O`, `o`, `l`, `I`).
    package static let digitLike = Shape(rawValue: 64)
  }

  /// The bytes of the page that it covers.
  package var range: Range<Int> { Int(start)..<Int(start) + Int(length) }
  /// One past its last byte.
  package var end: Int { Int(start) + Int(length) }
  /// Whether a digit occurs.
  package var hasDigit: Bool { shape.contains(.hasDigit) }
  /// Whether it is digits, or nearly so in a bad scan.
  package var isNumber: Bool { kind == .digits || shape.contains(.digitLike) }
  /// Whether it is the mark `byte`.
  package func isMark(_ byte: UInt8) -> Bool { kind == .mark && value == byte }
}
