import Bytes

/// A text that is written in base64 or in hexadecimal digits inside another text.
///
/// What it says is searched like any other text. Where something of it is to be replaced, the whole of it is written
/// anew: in one line, in the alphabet that it came in, or as it is read.
struct EncodedText: Sendable, Equatable {
  /// Where it stands, with the white space between its lines.
  private(set) var range: Range<Int>
  /// What it says.
  let text: [UInt8]
  /// The bytes that share letters with the first of the text, and with the last: they are no part of it.
  let before: [UInt8]
  let after: [UInt8]
  /// How its end is written.
  let end: End
  let alphabet: Alphabet

  /// The letters that it is written in.
  enum Alphabet: Sendable, Equatable {
    /// Base64 (RFC 4648, section 4), and its kin for addresses (section 5).
    case base64, base64URL
    /// Two hexadecimal digits for each byte.
    case hexadecimal
    /// Character by character, or in capitals and digits (RFC 4648, section 6); written anew as the text that it says.
    case spelt
  }

  /// What stands after the last letters of an encoded text.
  enum End: Sendable, Equatable {
    /// The marks that fill the last group, or nothing.
    case padded, bare
    /// Letters that say something else: the text is filled with spaces, lest they say another thing.
    case letters
  }

  /// The same text at another place.
  func standing(at range: Range<Int>) -> EncodedText {
    var text = self
    text.range = range
    return text
  }

  /// The letters that say `text` in its place.
  func encoded(saying text: [UInt8]) -> [UInt8] {
    // It stands as it is in a JSON string.
    if alphabet == .spelt { return text.map { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C ? 0x20 : $0 } }
    if alphabet == .hexadecimal { return Array(Hex.encode(text).utf8) }
    var bytes = before + text
    if end == .letters { while (bytes.count + after.count) % 3 != 0 { bytes.append(0x20) } }
    bytes += after
    var letters = Array(Base64.encode(bytes).utf8)
    if end != .padded { while letters.last == 0x3D { letters.removeLast() } }
    guard alphabet == .base64URL else { return letters }
    return letters.map { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 }
  }
}
