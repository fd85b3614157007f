/// An escape sequence of a JSON string, and what it became when the string was unescaped.
///
/// A list of them, in order, maps places in the text back to places in its source: between escapes the two run in step.
///
/// - Precondition: texts are shorter than 4 GiB; a text may be all escapes, so the list is kept small.
public struct JSONEscape: Hashable, Sendable {
  private var textOffset: UInt32
  private var sourceOffset: UInt32
  private var textLength: UInt8
  private var sourceLength: UInt8

  /// An escape at `source` that became the bytes at `text`.
  public init(text: Int, textCount: Int, source: Int, sourceCount: Int) {
    textOffset = UInt32(text)
    textLength = UInt8(textCount)
    sourceOffset = UInt32(source)
    sourceLength = UInt8(sourceCount)
  }

  /// Where the decoded bytes begin in the text.
  public var text: Int { Int(textOffset) }
  /// How many bytes it was decoded to.
  public var textCount: Int { Int(textLength) }
  /// Where the backslash is in the source.
  public var source: Int { Int(sourceOffset) }
  /// How many bytes it takes in the source.
  public var sourceCount: Int { Int(sourceLength) }

  /// The same escape of a text that begins `offset` bytes later in this one.
  public func counting(textFrom offset: Int) -> JSONEscape {
    JSONEscape(text: text - offset, textCount: textCount, source: source, sourceCount: sourceCount)
  }
}

/// An unescaped stretch of text that knows where in its source each byte came from.
public struct JSONStretch: Hashable, Sendable {
  /// Where it is in the text.
  public var text: Range<Int>
  /// Where it begins in the source.
  public var source: Int
  /// Which of the escapes recorded with it lie in it.
  public var escapes: Range<Int>

  /// The stretch `text` that came from what begins at `source` and holds these of the recorded escapes.
  public init(text: Range<Int>, source: Int, escapes: Range<Int>) {
    self.text = text
    self.source = source
    self.escapes = escapes
  }

  /// Where the bytes at `range` of the text came from.
  ///
  /// An end that falls inside what an escape became is moved outward, to take the whole escape.
  ///
  /// - Precondition: `range` lies within the stretch.
  public func sourceRange(of range: Range<Int>, in recorded: [JSONEscape]) -> Range<Int> {
    precondition(range.lowerBound >= text.lowerBound && range.upperBound <= text.upperBound)
    let lower = sourceOffset(of: range.lowerBound, in: recorded, roundingUp: false)
    return lower..<max(lower, sourceOffset(of: range.upperBound, in: recorded, roundingUp: !range.isEmpty))
  }

  private func sourceOffset(of offset: Int, in recorded: [JSONEscape], roundingUp: Bool) -> Int {
    var low = escapes.lowerBound
    var high = escapes.upperBound
    while low < high {
      let middle = (low + high) / 2
      if recorded[middle].text < offset { low = middle + 1 } else { high = middle }
    }
    // `low` is the first escape at `offset` or after it, so the one before it is the last that begins earlier.
    guard low > escapes.lowerBound else { return source + offset - text.lowerBound }
    let escape = recorded[low - 1]
    let past = offset - escape.text - escape.textCount
    if past >= 0 { return escape.source + escape.sourceCount + past }
    return roundingUp ? escape.source + escape.sourceCount : escape.source
  }
}
