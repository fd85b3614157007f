internal import Bytes

/// A text as programs that look for addresses in it may read it.
enum FoldedText {
  /// `text` with letters and dots of full width as those of ASCII, and without what has no width.
  static func folding(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: { $0 >= 0x80 }) else { return text }
    let scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars.filter { !isLeftOut($0) })
    var folded = String.UnicodeScalarView()
    for (place, scalar) in scalars.enumerated() {
      switch scalar.value {
      case 0xFF01...0xFF5E: folded.append(Unicode.Scalar(UInt8(scalar.value - 0xFEE0)))
      case 0x2024, 0xFE52: folded.append(".")
      // It ends sentences, behind which another begins in the same script; in a name, letters of ASCII may follow.
      case 0x3002, 0xFF61:
        let isInName = isNarrow(scalars, place - 1) || isNarrow(scalars, place + 1)
        folded.append(isInName ? "." : scalar)
      case 0x80...:
        if let number = number(scalar) {
          folded.append(contentsOf: String(number).unicodeScalars)
        } else {
          folded.append(scalar)
        }
        // Numbers that have the dot of a list.
        if 0x2488...0x249B ~= scalar.value { folded.append(".") }
      default: folded.append(scalar)
      }
    }
    return Array(String(folded).utf8)
  }

  /// Whether names leave it out: it has no width, or no look of its own.
  private static func isLeftOut(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x80 && (scalar.properties.isDefaultIgnorableCodePoint || 0x200B...0x200F ~= scalar.value)
  }

  /// The number that a digit of another form is, or one in a circle.
  private static func number(_ scalar: Unicode.Scalar) -> Int? {
    let properties = scalar.properties
    switch properties.numericType {
    case .decimal, .digit: return properties.numericValue.map { Int($0) }
    default: return 0x2460...0x249B ~= scalar.value ? properties.numericValue.map { Int($0) } : nil
    }
  }

  /// Whether a letter or a digit is there that is of no script whose sentences end in such a stop, or only looks so.
  private static func isNarrow(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
    guard scalars.indices.contains(place) else { return false }
    let scalar = scalars[place]
    switch scalar.value {
    case ..<0x2E80, 0xFB00...0xFB4F, 0xFF01...0xFF5E, 0x1D400...0x1FFFF:
      return scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-"
    default: return false
    }
  }

  /// `text` with one layer of percents, escapes of JSON and of programs, and references of HTML decoded.
  static func decoding(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: { $0 == 0x25 || $0 == 0x26 || $0 == 0x5C }) else { return text }
    var unescaped: [UInt8] = []
    var ignored: [JSONEscape] = []
    JSONString.unescapeLoosely(text.span, into: &unescaped, recording: &ignored)
    var decoded: [UInt8] = []
    decoded.reserveCapacity(unescaped.count)
    var place = 0
    while place < unescaped.count {
      let (byte, next) = character(in: unescaped, at: place)
      decoded.append(byte)
      place = next
    }
    return folding(decoded)
  }

  private static func character(in text: [UInt8], at place: Int) -> (UInt8, next: Int) {
    let first = text[place]
    if first == 0x25, place + 2 < text.count, let high = ASCII.hexDigit(text[place + 1]),
      let low = ASCII.hexDigit(text[place + 2])
    {
      return (high << 4 | low, place + 3)
    }
    guard first == 0x26 || first == 0x5C else { return (first, place + 1) }
    var escape = CharacterEscape(first)
    for next in place + 1..<text.count {
      switch escape.see(text[next]) {
      case .open: continue
      case .broken: return (first, place + 1)
      case .ended(let value, let isLast): return (value, isLast ? next + 1 : next)
      }
    }
    return (first, place + 1)
  }
}
