import Bytes

/// What a name of the protocol looks like: a model, a role, a function, a call's id.
///
/// A structural field whose value does not look like it is shown to the detectors like any other text.
enum StructuralName {
  /// At most 128 letters, digits and `_ - . : / # $ +`, a letter among them, and no number of seven digits or more.
  ///
  /// Digits with marks between them are one number: that is how telephone and social security numbers are written.
  static func matches(_ text: Span<UInt8>) -> Bool {
    guard text.count <= 128 else { return false }
    var hasLetter = false
    var digits = 0
    for index in text.indices {
      let byte = text[index]
      if ASCII.isLetter(byte) {
        hasLetter = true
        digits = 0
        continue
      }
      switch byte {
      case 0x30...0x39:
        digits += 1
        guard digits < 7 else { return false }
      case 0x5F, 0x2D, 0x2E, 0x3A, 0x2F, 0x23, 0x24, 0x2B: continue
      default: return false
      }
    }
    return hasLetter
  }

  /// At most six digits, as the numbers of a vocabulary's tokens have.
  static func isTokenNumber(_ text: Span<UInt8>) -> Bool {
    guard (1...6).contains(text.count) else { return false }
    for index in text.indices where !ASCII.isDigit(text[index]) { return false }
    return true
  }
}
