import Bytes

/// The bytes of a stream of lines that have been read and not yet answered.
struct LineBuffer {
  /// A line that is in the buffer, or one that was too long to be kept.
  enum Line: Sendable {
    case whole(Range<Int>)
    case tooLong
  }

  /// The longest line that is answered.
  let limit: Int
  private(set) var bytes: [UInt8] = []
  /// How many of `bytes` have been searched for line ends.
  private var searched = 0
  /// Where the unfinished line begins.
  private var consumed = 0
  /// A line over the limit is being read past.
  private var isSkipping = false

  init(limit: Int) { self.limit = limit }

  /// Takes the next bytes, and returns the lines that are complete now.
  mutating func take(_ piece: Span<UInt8>) -> [Line] {
    bytes.append(copying: piece)
    var lines: [Line] = []
    var start = consumed
    while let end = bytes.span.firstIndex(of: 0x0A, from: max(start, searched)) {
      lines.append(isSkipping || end - start > limit ? .tooLong : .whole(start..<end))
      isSkipping = false
      start = end + 1
      searched = start
    }
    searched = bytes.count
    consumed = start
    return lines
  }

  /// The last line, if it has no line end.
  mutating func finish() -> [Line] {
    if isSkipping { return [.tooLong] }
    return consumed < bytes.count ? [.whole(consumed..<bytes.count)] : []
  }

  /// Forgets the lines that `take` returned.
  mutating func drop() {
    bytes.removeFirst(consumed)
    consumed = 0
    searched = bytes.count
    if bytes.count > limit {
      bytes.removeAll()
      searched = 0
      isSkipping = true
    }
  }
}
