/// The number of Unicode code points before a byte of a UTF-8 text, asked in ascending order, in one pass.
///
/// ```swift
/// var offsets = CodePointOffsets()
/// let start = offsets.codePoints(before: finding.range.lowerBound, in: text)
/// let end = offsets.codePoints(before: finding.range.upperBound, in: text)
/// ```
public struct CodePointOffsets: Sendable {
  private var byte = 0
  private var codePoints = 0

  /// Counts from the start of a text.
  public init() {}

  /// How many code points begin before byte `offset` of `text`.
  ///
  /// - Precondition: `offset` is not before the last one asked for, and lies within `text`, the same text each time.
  public mutating func codePoints(before offset: Int, in text: Span<UInt8>) -> Int {
    precondition(offset >= byte && offset <= text.count, "offsets are asked for in ascending order within the text")
    while byte + 64 <= offset {
      codePoints += 64 - Block(text, at: byte).continuations.nonzeroBitCount
      byte += 64
    }
    while byte < offset {
      codePoints += text[byte] & 0xC0 == 0x80 ? 0 : 1
      byte += 1
    }
    return codePoints
  }
}

extension Block {
  /// One bit for each byte of the form `10xxxxxx`, the first byte's bit lowest.
  @inlinable public var continuations: UInt64 { Block.movemask(lanes & ~(lanes &<< 1)) }
}
