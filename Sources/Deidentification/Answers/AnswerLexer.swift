internal import Bytes

/// Where an answer's stretches between spaces end, byte by byte, in plain text and in JSON.
///
/// In JSON a line's end may be an escape, and a comma between values ends a line.
struct AnswerLexer: Sendable {
  /// What a byte is.
  enum Part {
    /// Part of a stretch.
    case inside
    /// White space, or the last byte of an escape for it that is `length` bytes long.
    case space(length: Int)
    /// A line's end, or the last byte of an escape for it.
    case newline(length: Int)
    /// A comma between values.
    case comma
  }

  private let isJSON: Bool
  private var isBackslashed = false
  /// Whether the place is inside a string of JSON.
  private(set) var isInString = false

  init(isJSON: Bool) { self.isJSON = isJSON }

  /// Whether an escape is under way.
  var isInEscape: Bool { isBackslashed }

  /// Takes the next byte.
  mutating func part(of byte: UInt8) -> Part {
    if isBackslashed {
      isBackslashed = false
      switch byte {
      case 0x6E, 0x72: return .newline(length: 2)
      case 0x74: return .space(length: 2)
      default: return .inside
      }
    }
    if ASCII.isNewline(byte) { return .newline(length: 1) }
    if ASCII.isSpace(byte) { return .space(length: 1) }
    guard isJSON else { return .inside }
    switch byte {
    case 0x22: isInString.toggle()
    case 0x5C: isBackslashed = isInString
    case 0x2C: if !isInString { return .comma }
    default: break
    }
    return .inside
  }
}
