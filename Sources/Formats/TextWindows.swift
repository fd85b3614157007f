internal import Bytes

/// A text read as a series of windows, so that a document of any size takes the memory of one.
///
/// Bytes go in as they are read, windows come out, and the windows joined are the bytes. A window ends where the text
/// breaks: at an empty line, else a line's end, else the end of a sentence, else white space, else a mark, else
/// between two characters. A byte order mark is a window of its own. The first windows are small and the next ones grow.
///
/// ## What it leaves alone
/// Every byte: line ends of either kind, the byte order mark, control characters other than zero.
///
/// ## Why
/// A zero byte is refused, because text in UTF-16 without its mark is valid UTF-8 with a zero after every letter, in
/// which no detector would find anything.
package struct TextWindows: Sendable {
  /// How many bytes a window has once the first, smaller ones are out: this many to twice as many.
  package let largestSize: Int
  private var size: Int
  private var bytes: [UInt8] = []
  /// The offset in the document of the first of `bytes`.
  private var start = 0
  /// How many of `bytes` have been validated.
  private var checked = 0
  private var isFinished = false

  /// Windows of about `size` bytes.
  package init(size: Int = 1 << 18) {
    precondition(size >= 16, "a window has room for a word")
    largestSize = size
    self.size = min(size, TextWindows.firstSize)
  }

  /// Takes the next bytes of the document.
  package mutating func push(_ piece: Span<UInt8>) throws(FormatsError) {
    bytes.append(copying: piece)
    checked = try validated(isLast: false)
  }

  /// Takes the end of the document.
  package mutating func finish() throws(FormatsError) {
    isFinished = true
    checked = try validated(isLast: true)
  }

  /// The next window; nil when more bytes are needed, or none are left.
  package mutating func next() -> [UInt8]? {
    guard let count = ready() else { return nil }
    let window = Array(bytes[..<count])
    bytes.removeFirst(count)
    start += count
    checked -= count
    size = min(2 * size, largestSize)
    return window
  }

  /// How many bytes the next window has.
  private func ready() -> Int? {
    if start == 0, checked >= 3, bytes.starts(with: TextWindows.byteOrderMark) { return 3 }
    if checked >= 2 * size { return TextBreak.last(in: bytes.span.extracting(0..<2 * size), from: size) }
    return isFinished && checked > 0 ? checked : nil
  }

  /// Small, so that a reader sees the first output soon.
  private static let firstSize = 1 << 15
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// How many of `bytes` are whole characters without fault.
  private func validated(isLast: Bool) throws(FormatsError) -> Int {
    let whole = bytes.span
    let fresh = whole.extracting(checked..<whole.count)
    let complete = isLast ? fresh.count : fresh.count - TextBreak.unfinishedCharacter(at: fresh)
    let valid = fresh.extracting(0..<complete)
    let invalid = firstInvalidUTF8(in: valid)
    if let zero = valid.extracting(0..<(invalid ?? complete)).firstIndex(of: 0) {
      throw FormatsError(.nulByte, at: start + checked + zero)
    }
    if let invalid { throw FormatsError(.malformedUTF8, at: start + checked + invalid) }
    return checked + complete
  }
}
