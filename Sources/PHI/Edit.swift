/// A replacement of one stretch of text by other bytes.
public struct Edit: Hashable, Sendable {
  /// What to replace, in UTF-8 bytes from the start of the text.
  public var range: Range<Int>
  /// What to put there.
  public var replacement: [UInt8]

  /// The replacement of `range` by `replacement`.
  public init(_ range: Range<Int>, with replacement: [UInt8]) {
    self.range = range
    self.replacement = replacement
  }
}
