internal import Bytes

/// A character that is written as a reference of HTML (`&#47;`, `&#x2F;`, `&sol;`), as an escape of JSON or of a program
/// (`\u002f`, `\x2f`), or behind a backslash as Markdown lets it be, being read.
struct CharacterEscape: Sendable {
  /// What has come of it.
  enum Step {
    case open
    /// It is none.
    case broken
    /// The character, if it is one of ASCII; `isLast` says whether the byte is part of the escape.
    case ended(UInt8, isLast: Bool)
  }

  private enum Form { case reference, decimal, hexadecimal, name, backslash, digits(left: Int) }

  private var form: Form
  private var value: UInt64 = 0
  private var count = 0

  /// An escape that begins with `first`, an ampersand or a backslash.
  init(_ first: UInt8) { form = first == 0x26 ? .reference : .backslash }

  mutating func see(_ byte: UInt8) -> Step {
    switch form {
    case .reference:
      if byte == 0x23 {
        form = .decimal
      } else {
        guard ASCII.isLetter(byte) else { return .broken }
        form = .name
        value = UInt64(byte | 0x20)
      }
      return .open
    case .decimal:
      if count == 0, byte | 0x20 == 0x78 {
        form = .hexadecimal
        return .open
      }
      return ASCII.digit(byte).map { take(UInt64($0), base: 10) } ?? end(byte)
    case .hexadecimal: return ASCII.hexDigit(byte).map { take(UInt64($0), base: 16) } ?? end(byte)
    case .name:
      if byte == 0x3B { return CharacterEscape.named[value].map { .ended($0, isLast: true) } ?? .broken }
      guard ASCII.isLetter(byte), value >> 56 == 0 else { return .broken }
      value = value << 8 | UInt64(byte | 0x20)
      return .open
    case .backslash:
      switch byte {
      case 0x75: form = .digits(left: 4)
      case 0x78: form = .digits(left: 2)
      default: return ASCII.isPunctuation(byte) ? .ended(byte, isLast: true) : .broken
      }
      return .open
    case .digits(let left):
      guard let digit = ASCII.hexDigit(byte) else { return .broken }
      value = value << 4 | UInt64(digit)
      form = .digits(left: left - 1)
      guard left == 1 else { return .open }
      return value < 0x80 ? .ended(UInt8(value), isLast: true) : .broken
    }
  }

  private mutating func take(_ digit: UInt64, base: UInt64) -> Step {
    // A larger one stays larger than any character.
    value = min(value * base + digit, 0x11_0000)
    count = 1
    return .open
  }

  /// Ends a number, whose semicolon HTML lets out.
  private func end(_ byte: UInt8) -> Step {
    guard count > 0, value < 0x80 else { return .broken }
    return .ended(UInt8(value), isLast: byte == 0x3B)
  }

  private static let named: [UInt64: UInt8] = Dictionary(
    uniqueKeysWithValues: [
      ("sol", 0x2F), ("bsol", 0x5C), ("colon", 0x3A), ("period", 0x2E), ("quest", 0x3F), ("num", 0x23),
    ].map { name, byte in (name.utf8.reduce(0) { $0 << 8 | UInt64($1) }, byte) })
}
