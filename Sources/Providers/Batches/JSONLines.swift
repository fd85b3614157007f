import Bytes

/// The lines of a JSONL text: each is one JSON value, and ends with a line feed, a carriage return before it or not.
///
/// A byte order mark before the first line is passed over, so are lines of nothing but spaces; the last line needs no line
/// feed (jsonlines.org, RFC 8259, 8.1).
package struct JSONLines: Sendable {
  /// A line that is not blank.
  package struct Line: Hashable, Sendable {
    /// Which one it is, blank ones counted, the first being 1.
    package var number: Int
    /// Where it stands, without its end.
    package var range: Range<Int>
  }

  /// The lines in their order.
  package let lines: [Line]

  /// The lines of a whole text.
  package init(_ text: Span<UInt8>) {
    var lines: [Line] = []
    var start = Self.hasMark(text) ? 3 : 0
    var number = 0
    while start < text.count {
      number += 1
      let end = text.firstIndex(of: 0x0A, from: start) ?? text.count
      if let range = Self.content(of: start..<end, in: text) { lines.append(Line(number: number, range: range)) }
      start = end + 1
    }
    self.lines = lines
  }

  private static func hasMark(_ text: Span<UInt8>) -> Bool {
    text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF
  }

  /// A line without the spaces around it; nil for a blank one.
  fileprivate static func content(of line: Range<Int>, in text: Span<UInt8>) -> Range<Int>? {
    var (start, end) = (line.lowerBound, line.upperBound)
    while end > start, isSpace(text[end - 1]) { end -= 1 }
    while start < end, isSpace(text[start]) { start += 1 }
    return start < end ? start..<end : nil
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}

/// Cuts a JSONL text that comes in pieces into its lines.
package struct LineCutter: Sendable {
  private var pending: [UInt8] = []
  /// How much of `pending` has no line feed.
  private var searched = 0

  /// No text yet.
  package init() {}

  /// The lines that a piece completes, without their ends and without blank ones.
  package mutating func push(_ piece: [UInt8]) -> [[UInt8]] {
    pending.append(contentsOf: piece)
    var lines: [[UInt8]] = []
    var start = 0
    while let end = pending.span.firstIndex(of: 0x0A, from: max(start, searched)) {
      if let range = JSONLines.content(of: start..<end, in: pending.span) { lines.append(Array(pending[range])) }
      start = end + 1
      searched = start
    }
    pending.removeSubrange(..<start)
    searched = pending.count
    return lines
  }

  /// The last line, where it has no line feed.
  package mutating func finish() -> [UInt8]? {
    defer { (pending, searched) = ([], 0) }
    return JSONLines.content(of: 0..<pending.count, in: pending.span).map { Array(pending[$0]) }
  }
}
