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
