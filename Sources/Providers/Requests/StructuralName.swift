import Bytes

/// What a word of the protocol looks like: a role, a type, a setting, the name of a function, the id of a call.
///
/// A structural field whose value is none is shown to the detectors like any other text: whoever fills it in freely
/// could fill it with a patient. What the detectors do not know stays as it is.
enum StructuralName {
  /// Whether `text` is a word of the protocol, a name as programs write it (`find_patient`, `findPatient`), or the
  /// random id that a vendor gave to a call.
  static func matches(_ text: Span<UInt8>) -> Bool { isProgramName(text) || isCallID(text) }

  /// Whether `text` is letters and digits with `_` or `-` between, each part beginning with a small letter, and at most
  /// four digits.
  private static func isProgramName(_ text: Span<UInt8>) -> Bool {
    guard text.count <= 64 else { return false }
    var digits = 0
    var begins = true
    for index in text.indices {
      let byte = text[index]
      if ASCII.isLetter(byte) {
        guard !begins || byte >= 0x61 else { return false }
        begins = false
      } else if ASCII.isDigit(byte) {
        digits += 1
        guard digits < 5, !begins || index > 0 else { return false }
        begins = false
      } else {
        guard byte == 0x5F || byte == 0x2D, !begins else { return false }
        begins = true
      }
    }
    return !begins
  }

  /// Whether `text` is the name of a property as programs write them, without a number of seven digits or more.
  ///
  /// Digits with marks between them are one number: that is how telephone and social security numbers are written.
  static func isProperty(_ text: Span<UInt8>) -> Bool {
    guard text.count <= 64 else { return false }
    var digits = 0
    for index in text.indices {
      let byte = text[index]
      if ASCII.isDigit(byte) {
        digits += 1
        guard digits < 7 else { return false }
      } else if ASCII.isLetter(byte) {
        digits = 0
      } else if byte != 0x5F && byte != 0x2D && byte != 0x24 {
        return false
      }
    }
    return true
  }

  /// A vendor's prefix and eight letters and digits or more without a number of seven digits, or 32 hexadecimal digits
  /// or more, among which such a number is chance.
  private static func isCallID(_ text: Span<UInt8>) -> Bool {
    for prefix in prefixes where text.count >= prefix.utf8CodeUnitCount + 8 && text.count <= 80 {
      guard text.spells(prefix, at: 0) else { continue }
      return isRandom(text.extracting(prefix.utf8CodeUnitCount..<text.count))
    }
    return false
  }

  private static func isRandom(_ text: Span<UInt8>) -> Bool {
    var digits = 0
    var hasLongNumber = false
    var isHexadecimal = text.count >= 32
    for index in text.indices {
      let byte = text[index]
      guard ASCII.isAlphanumeric(byte) else { return false }
      digits = ASCII.isDigit(byte) ? digits + 1 : 0
      if digits == 7 { hasLongNumber = true }
      if !ASCII.isDigit(byte), !(0x61...0x66).contains(byte) { isHexadecimal = false }
    }
    return isHexadecimal || !hasLongNumber
  }

  private static let prefixes: [StaticString] = [
    "call_", "toolu_", "fc_", "resp_", "msg_", "rs_", "conv_", "item_", "ctc_", "cu_", "ws_", "fs_", "ci_", "ig_",
    "mcp_", "mcpl_", "mcpr_", "lsh_", "sh_", "ap_", "apc_", "cmp_", "vs_", "pmpt_", "cntr_", "file-", "file_",
    "chatcmpl-tool-", "srvtoolu_", "container_",
  ]

  /// Whether `text` is written in base64, either alphabet, and too long to be a word.
  static func isOpaque(_ text: Span<UInt8>) -> Bool {
    guard text.count >= 64 else { return false }
    for index in text.indices {
      let byte = text[index]
      let isMark = byte == 0x2B || byte == 0x2F || byte == 0x2D || byte == 0x5F || byte == 0x3D
      guard ASCII.isAlphanumeric(byte) || isMark else { return false }
    }
    return true
  }

  /// At most six digits, as the numbers of a vocabulary's tokens have.
  static func isTokenNumber(_ text: Span<UInt8>) -> Bool {
    guard (1...6).contains(text.count) else { return false }
    for index in text.indices where !ASCII.isDigit(text[index]) { return false }
    return true
  }
}
