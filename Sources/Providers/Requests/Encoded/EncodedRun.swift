import Bytes

/// Letters of base64 in one line.
struct EncodedLine {
  let range: Range<Int>
  /// Whether there are more kinds of letters in it than words have.
  let mayBeEncoded: Bool
  /// Whether it is hexadecimal digits, as many as eight bytes have or more.
  let isHexadecimal: Bool

  /// The line that begins at `start`, where a letter stands.
  init(_ text: Span<UInt8>, from start: Int) {
    var place = start
    var (hasInnerCapital, hasOthers, isHexadecimal) = (false, false, true)
    while place < text.count, EncodedRun.isLetter(text[place]) {
      let byte = text[place]
      if byte >= 0x41, byte <= 0x5A { hasInnerCapital = hasInnerCapital || place > start } else { hasOthers = true }
      if !ASCII.isHexDigit(byte) { isHexadecimal = false }
      place += 1
    }
    range = start..<place
    mayBeEncoded = hasInnerCapital && hasOthers
    self.isHexadecimal = isHexadecimal && range.count >= 16
  }

  /// Whether a line as long as this follows it.
  func goesOn(in text: Span<UInt8>) -> Bool {
    range.count >= EncodedRun.shortestLine && EncodedRun.nextLine(text, after: range.upperBound)?.count == range.count
  }
}

/// Letters of base64 that stand together: in one line, or in lines of one length of which the last may be shorter.
struct EncodedRun {
  /// How short a line may be that goes on in the next.
  static let shortestLine = 4
  /// How much white space may stand between two lines, as of a quotation that is indented.
  private static let widestGap = 64

  /// Where the letters of each line stand.
  private(set) var lines: [Range<Int>]

  /// The run that begins with a line.
  init(_ first: EncodedLine, of text: Span<UInt8>) {
    lines = [first.range]
    guard first.range.count >= EncodedRun.shortestLine else { return }
    var end = first.range.upperBound
    while let next = EncodedRun.nextLine(text, after: end), next.count <= first.range.count {
      lines.append(next)
      end = next.upperBound
      if next.count < first.range.count { return }
    }
  }

  /// The run that is one line.
  init(_ line: Range<Int>) { lines = [line] }

  private init(lines: [Range<Int>]) { self.lines = lines }

  /// The run without its last line, which may be a word that follows it; nil when it has one line.
  var withoutLastLine: EncodedRun? { lines.count > 1 ? EncodedRun(lines: lines.dropLast()) : nil }

  var range: Range<Int> { lines[0].lowerBound..<lines[lines.count - 1].upperBound }
  var count: Int { lines.reduce(0) { $0 + $1.count } }

  /// Its letters without what stands between them.
  func letters(of text: Span<UInt8>) -> [UInt8] {
    var letters: [UInt8] = []
    letters.reserveCapacity(count)
    for line in lines { letters.append(copying: text, line) }
    return letters
  }

  /// Where the letters from `start` to `end` of the run stand in the text.
  func place(of letters: Range<Int>) -> Range<Int> {
    place(of: letters.lowerBound)..<place(of: letters.upperBound - 1) + 1
  }

  private func place(of letter: Int) -> Int {
    // All lines but the last are of one length.
    let line = min(letter / lines[0].count, lines.count - 1)
    return lines[line].lowerBound + letter - line * lines[0].count
  }

  /// Where the letters stand that follow `end` behind white space and marks of quotation.
  static func nextLine(_ text: Span<UInt8>, after end: Int) -> Range<Int>? {
    var place = end
    while place < text.count, place - end < widestGap, ASCII.isSpace(text[place]) || text[place] == 0x3E { place += 1 }
    guard place > end, place < text.count, isLetter(text[place]) else { return nil }
    let start = place
    while place < text.count, isLetter(text[place]) { place += 1 }
    return start..<place
  }

  /// Whether `byte` is a letter of either alphabet (RFC 4648, sections 4 and 5).
  static func isLetter(_ byte: UInt8) -> Bool {
    ASCII.isAlphanumeric(byte) || byte == 0x2B || byte == 0x2F || byte == 0x2D || byte == 0x5F
  }
}

/// Of which kinds the letters of a run are.
struct EncodedLetters {
  /// The letters.
  let bytes: [UInt8]
  private(set) var hasSmall = false
  private(set) var hasDigit = false
  /// Whether a capital stands behind the first letter, where words have none.
  private(set) var hasInnerCapital = false
  private(set) var isHexadecimal = true
  private var hasOtherLetter = false
  private(set) var alphanumerics = 0
  private(set) var isForAddresses = false
  private var seen: (UInt64, UInt64) = (0, 0)

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    for (place, byte) in bytes.enumerated() {
      if byte < 64 { seen.0 |= 1 << UInt64(byte) } else { seen.1 |= 1 << UInt64(byte - 64) }
      switch byte {
      case 0x61...0x7A:
        hasSmall = true
        alphanumerics += 1
        if byte > 0x66 { (isHexadecimal, hasOtherLetter) = (false, true) }
      case 0x41...0x5A:
        if place > 0 { hasInnerCapital = true }
        alphanumerics += 1
        if byte > 0x46 { (isHexadecimal, hasOtherLetter) = (false, true) }
      case 0x30...0x39:
        hasDigit = true
        alphanumerics += 1
      case 0x2D, 0x5F:
        isForAddresses = true
        isHexadecimal = false
      default: isHexadecimal = false
      }
    }
  }

  /// How many different letters there are.
  var variety: Int { seen.0.nonzeroBitCount + seen.1.nonzeroBitCount }

  /// Whether the letters may be anything but words, numbers and hexadecimal digits, in groups as of a UUID or not.
  var mayBeEncoded: Bool { hasInnerCapital && (hasSmall || hasDigit) && hasOtherLetter }

  /// The bytes that the letters from `start` on spell; of both alphabets, and of a last group that is not whole.
  func decoded(from start: Int) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity((bytes.count - start) / 4 * 3 + 2)
    var (group, held) = (UInt32(0), 0)
    for byte in bytes[start...] {
      group = group << 6 | UInt32(EncodedLetters.value(byte))
      held += 1
      guard held == 4 else { continue }
      decoded.append(UInt8(truncatingIfNeeded: group >> 16))
      decoded.append(UInt8(truncatingIfNeeded: group >> 8))
      decoded.append(UInt8(truncatingIfNeeded: group))
      (group, held) = (0, 0)
    }
    if held > 1 { decoded.append(UInt8(truncatingIfNeeded: group >> UInt32(6 * held - 8))) }
    if held > 2 { decoded.append(UInt8(truncatingIfNeeded: group >> 2)) }
    return decoded
  }

  private static func value(_ byte: UInt8) -> UInt8 {
    switch byte {
    case 0x41...0x5A: byte - 0x41
    case 0x61...0x7A: byte - 0x61 + 26
    case 0x30...0x39: byte - 0x30 + 52
    case 0x2B, 0x2D: 62
    default: 63
    }
  }
}
