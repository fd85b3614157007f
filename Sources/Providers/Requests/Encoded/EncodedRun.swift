import Bytes

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
