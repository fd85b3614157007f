/// What stands for a value in a text: the kind of the value and sixteen consonants, as in `NAME_QWXKTBVDZRLMPHCJ`.
///
/// The consonants are 69 bits that were drawn at random when the value was first met: nothing leads from them to the
/// value but the row of one vault. There are no digits that would look like a number, and no vowels that would spell a
/// word.
package struct Token: Hashable, Sendable {
  private static let consonants = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)
  private static let isConsonant = (0...255).map { consonants.contains($0) }
  private static let count = 16

  /// The kind of the value.
  package let kind: TokenKind
  /// The sixteen consonants.
  package let code: String

  /// A fresh token.
  init(_ kind: TokenKind, using generator: inout some RandomNumberGenerator) {
    self.kind = kind
    var halves = [generator.next() as UInt64, generator.next()]
    var letters: [UInt8] = []
    letters.reserveCapacity(Token.count)
    for place in 0..<Token.count {
      // Of 2^64 numbers, 20^8 words: no letter is likelier than another by more than 2^-29.
      letters.append(Token.consonants[Int(halves[place / 8] % 20)])
      halves[place / 8] /= 20
    }
    code = String(decoding: letters, as: UTF8.self)
  }

  init?(_ kind: TokenKind, code: String) {
    guard code.utf8.count == Token.count, code.utf8.allSatisfy({ Token.isConsonant[Int($0)] }) else { return nil }
    self.kind = kind
    self.code = code
  }
}

extension Token: LosslessStringConvertible {
  /// The token as it stands in texts.
  package var description: String { "\(kind)_\(code)" }

  /// The token that the text is; nil for any other text.
  package init?(_ text: String) {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = TokenKind(String(parts[0])) else { return nil }
    self.init(kind, code: String(parts[1]))
  }
}

/// A value that is to get a token.
package struct TokenValue: Hashable, Sendable {
  /// Its kind.
  package let kind: TokenKind
  /// What all spellings of it have in common: values with the same identity get the same token.
  package let identity: [UInt8]
  /// How it was spelled, which is what comes back.
  package let spelling: [UInt8]

  /// A value.
  package init(_ kind: TokenKind, identity: [UInt8], spelling: [UInt8]) {
    self.kind = kind
    self.identity = identity
    self.spelling = spelling
  }
}

/// A value that came back.
package struct RevealedValue: Hashable, Sendable {
  /// What stood for it.
  package let token: Token
  /// How it was spelled when it was first met.
  package let spelling: [UInt8]
}

extension TokenValue: CustomStringConvertible, CustomReflectable {
  /// The kind; the value is personal.
  package var description: String { kind.description }
  /// Nothing: a dump shows no value.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension RevealedValue: CustomStringConvertible, CustomReflectable {
  /// The token; the value is personal.
  package var description: String { token.description }
  /// Nothing: a dump shows no value.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
