/// Cuts a text into words, for policies and schemas alike.
struct Lexer {
  private let source: [UInt8]
  private var position = 0

  /// The most bytes that are taken.
  static let sizeLimit = 4 << 20

  static func tokens(in source: [UInt8]) throws(PolicyError) -> [Token] {
    guard source.count <= sizeLimit else { throw PolicyError(.tooLong) }
    guard String(validating: source, as: UTF8.self) != nil else { throw PolicyError(.unexpectedCharacter) }
    var lexer = Lexer(source: source)
    var tokens: [Token] = []
    repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
    return tokens
  }

  private init(source: [UInt8]) { self.source = source }

  private func byte(_ offset: Int) -> UInt8 {
    position + offset < source.count ? source[position + offset] : 0
  }

  private mutating func next() throws(PolicyError) -> Token {
    skipSpace()
    let start = position
    guard position < source.count else { return Token(kind: .end, range: start..<start) }
    switch source[position] {
    case 0x41...0x5A, 0x61...0x7A, 0x5F:
      skip(while: isIdentifierByte)
      return Token(kind: .identifier, range: start..<position)
    case 0x30...0x39:
      skip { (0x30...0x39).contains($0) }
      return Token(kind: .number, range: start..<position)
    case 0x22:
      try skipString()
      return Token(kind: .string, range: start..<position)
    case 0x3F where isSlot():
      position += 1
      skip(while: isIdentifierByte)
      return Token(kind: .slot, range: start..<position)
    default:
      for length in [2, 1] where start + length <= source.count {
        let spelling = String(decoding: source[start..<(start + length)], as: UTF8.self)
        guard let symbol = Token.Symbol(rawValue: spelling) else { continue }
        position += length
        return Token(kind: .symbol(symbol), range: start..<position)
      }
      throw PolicyError(.unexpectedCharacter, at: PolicyError.Place(of: start, in: source))
    }
  }

  private func isSlot() -> Bool {
    let word = source[(position + 1)...].prefix(while: isIdentifierByte)
    return Slot(rawValue: String(decoding: word, as: UTF8.self)) != nil
  }

  private mutating func skip(while condition: (UInt8) -> Bool) {
    while position < source.count, condition(source[position]) { position += 1 }
  }

  private mutating func skipString() throws(PolicyError) {
    let start = position
    position += 1
    while position < source.count, source[position] != 0x22 {
      if source[position] == 0x5C {
        position += 1
        guard byte(0) != 0x0A else { break }
      }
      position += 1
    }
    guard position < source.count, source[position] == 0x22 else {
      throw PolicyError(.malformedString, at: PolicyError.Place(of: start, in: source))
    }
    position += 1
  }

  private mutating func skipSpace() {
    while position < source.count {
      if byte(0) == 0x2F, byte(1) == 0x2F {
        skip { $0 != 0x0A && $0 != 0x0D }
      } else if let width = spaceWidth() {
        position += width
      } else {
        return
      }
    }
  }

  // The white space of Unicode, as the reference's regular expressions read it.
  private func spaceWidth() -> Int? {
    switch (byte(0), byte(1), byte(2)) {
    case (0x20, _, _), (0x09...0x0D, _, _): 1
    case (0xC2, 0x85, _), (0xC2, 0xA0, _): 2
    case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9), (0xE2, 0x80, 0xAF),
      (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
      3
    default: nil
    }
  }
}

/// Whether the byte can be part of an identifier.
func isIdentifierByte(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x41...0x5A, 0x61...0x7A, 0x5F, 0x30...0x39: true
  default: false
  }
}

extension PolicyError.Place {
  init(of offset: Int, in source: [UInt8]) {
    let before = source[..<min(offset, source.count)]
    line = 1 + before.count { $0 == 0x0A }
    column = 1 + before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
  }
}
