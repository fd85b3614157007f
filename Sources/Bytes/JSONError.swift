/// Why a text is not JSON that can be taken at its word.
///
/// It carries a place, never the text.
public struct JSONError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Code: Hashable, Sendable {
    /// The text ends before the value does.
    case endOfText
    /// A byte that the grammar does not allow there.
    case unexpectedByte
    /// A number with a leading zero, a plus sign, no digit where one must be.
    case malformedNumber
    /// A backslash that begins no escape.
    case malformedEscape
    /// A byte below 0x20 in a string.
    case controlCharacter
    /// Bytes that are not UTF-8.
    case malformedUTF8
    /// An escape of half a surrogate pair, which no text can hold.
    case loneSurrogate
    /// More levels of arrays and objects than are taken.
    case tooDeep
    /// A name that the object has already: readers disagree on which member counts.
    case duplicateName
    /// Something after the value.
    case trailingBytes
  }

  /// What is wrong.
  public var code: Code
  /// The byte at which it was noticed.
  public var offset: Int

  /// An error of one kind at one byte.
  public init(_ code: Code, at offset: Int) {
    self.code = code
    self.offset = offset
  }
}

extension JSONError: CustomStringConvertible {
  /// What is wrong and where.
  public var description: String {
    let what =
      switch code {
      case .endOfText: "the text ends inside a value"
      case .unexpectedByte: "unexpected byte"
      case .malformedNumber: "malformed number"
      case .malformedEscape: "malformed escape"
      case .controlCharacter: "control character in a string"
      case .malformedUTF8: "malformed UTF-8"
      case .loneSurrogate: "half of a surrogate pair"
      case .tooDeep: "nested too deeply"
      case .duplicateName: "duplicate name in an object"
      case .trailingBytes: "something follows the value"
      }
    return "\(what) at byte \(offset)"
  }
}
