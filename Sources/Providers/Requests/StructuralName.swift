import Bytes

/// What is written where the protocol has words, numbers, names and ids of its own.
///
/// A structural field whose value is none of these is shown to the detectors like any other text: whoever fills it in
/// freely could fill it with a patient. What the detectors do not know stays as it is.
enum StructuralName {
  /// Whether `text` is letters and digits with marks between, as programs write names: `find_patient`, `findPatient`.
  static func isName(_ text: Span<UInt8>) -> Bool {
    guard (1...128).contains(text.count), ASCII.isAlphanumeric(text[0]) || text[0] == 0x5F || text[0] == 0x24 else {
      return false
    }
    for index in text.indices {
      let byte = text[index]
      let isMark = byte == 0x5F || byte == 0x2D || byte == 0x2E || byte == 0x24
      guard ASCII.isAlphanumeric(byte) || isMark else { return false }
    }
    return true
  }

  /// Whether `text` is an id that gives nobody away: a count, or what a vendor drew by chance.
  static func isVendorID(_ text: Span<UInt8>) -> Bool {
    let prefix = prefix(of: text)
    let rest = text.extracting((prefix?.utf8CodeUnitCount ?? 0)..<text.count)
    return isCount(rest, mayHaveLetters: prefix == nil) || isRandom(rest)
  }

  /// How the id begins, when it begins as a vendor's do.
  static func prefix(of text: Span<UInt8>) -> StaticString? { prefixes.first { text.spells($0, at: 0) } }

  /// At most four digits, after at most two letters.
  private static func isCount(_ text: Span<UInt8>, mayHaveLetters: Bool) -> Bool {
    var place = 0
    while mayHaveLetters, place < min(2, text.count), ASCII.isLetter(text[place]) { place += 1 }
    guard (1...4).contains(text.count - place) else { return false }
    while place < text.count, ASCII.isDigit(text[place]) { place += 1 }
    return place == text.count
  }

  /// Whether `text` is twelve letters and digits or more in no order that a word or a number has: 32 hexadecimal digits
  /// or more, or as many changes between small letters, capitals and digits as chance makes.
  private static func isRandom(_ text: Span<UInt8>) -> Bool {
    guard (12...128).contains(text.count) else { return false }
    var changes = 0
    var (longestRun, run) = (0, 0)
    var digits = 0
    var last = LetterKind.other
    var isHexadecimal = true
    for index in text.indices {
      let kind = LetterKind(text[index])
      if kind == .other { return false }
      if kind == .digit { digits += 1 } else if !(0x61...0x66).contains(text[index]) { isHexadecimal = false }
      if kind != last {
        changes += 1
        run = 0
      }
      run += 1
      longestRun = max(longestRun, run)
      last = kind
    }
    if isHexadecimal { return text.count >= 32 && digits < text.count }
    guard digits >= 2 else { return false }
    return text.count < 16 ? longestRun < 5 && changes * 2 >= text.count : longestRun < 7 && changes * 3 > text.count
  }

  private static let prefixes: [StaticString] = [
    "call_", "toolu_", "fc_", "resp_", "msg_", "rs_", "conv_", "item_", "ctc_", "cu_", "ws_", "fs_", "ci_", "ig_",
    "mcp_", "mcpl_", "mcpr_", "lsh_", "sh_", "sho_", "ap_", "apc_", "cmp_", "vs_", "pmpt_", "cntr_", "file-", "file_",
    "chatcmpl-tool-", "srvtoolu_", "container_", "audio_",
  ]

  /// Whether `text` is the name of a property as programs write them, without a number of five digits or more.
  ///
  /// Digits with marks between them are one number: that is how telephone and social security numbers are written.
  static func isProperty(_ text: Span<UInt8>) -> Bool {
    guard text.count <= 64 else { return false }
    var digits = 0
    for index in text.indices {
      let byte = text[index]
      if ASCII.isDigit(byte) {
        digits += 1
        guard digits < 5 else { return false }
      } else if ASCII.isLetter(byte) {
        digits = 0
      } else if byte != 0x5F && byte != 0x2D && byte != 0x24 {
        return false
      }
    }
    return true
  }

  /// Whether `text` is a number of at most six digits before the point and six behind it, those of an exponent among
  /// them.
  static func isShortNumber(_ text: Span<UInt8>) -> Bool {
    var (before, behind, isBehind) = (0, 0, false)
    for index in text.indices {
      switch text[index] {
      case 0x2D, 0x2B: break
      case 0x2E, 0x45, 0x65: isBehind = true
      case let byte where ASCII.isDigit(byte): if isBehind { behind += 1 } else { before += 1 }
      default: return false
      }
    }
    return before <= 6 && behind <= 6
  }

  /// At most six digits, as the numbers of a vocabulary's tokens have.
  static func isTokenNumber(_ text: Span<UInt8>) -> Bool {
    guard (1...6).contains(text.count) else { return false }
    for index in text.indices where !ASCII.isDigit(text[index]) { return false }
    return true
  }
}

/// What a letter of an id or of base64 is.
enum LetterKind {
  case small, capital, digit, other

  init(_ byte: UInt8) {
    switch byte {
    case 0x61...0x7A: self = .small
    case 0x41...0x5A: self = .capital
    case 0x30...0x39: self = .digit
    default: self = .other
    }
  }
}
