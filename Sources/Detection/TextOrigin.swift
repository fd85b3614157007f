/// Where each byte of a folded text came from.
struct TextOrigin: Sendable {
  /// For each folded byte the offset of its character in the text, and one entry more for the end.
  private var offsets: [UInt32] = []

  /// The origin of a text that is about to be made, of about so many bytes.
  init(reserving capacity: Int = 0) { offsets.reserveCapacity(capacity + 1) }

  /// Notes where the next byte came from, or the end.
  mutating func append(_ offset: Int) { offsets.append(UInt32(offset)) }

  /// The origin in the text that the text came from of which this tells.
  func within(_ other: TextOrigin) -> TextOrigin {
    var origin = TextOrigin()
    origin.offsets = offsets.map { other.offsets[Int($0)] }
    return origin
  }

  /// The folded form of `text`, and its origin when it differs from the text.
  static func fold(_ text: [UInt8]) -> ([UInt8], TextOrigin?) {
    // Without a way out in the midst the loop is one of vectors.
    var folds: UInt8 = 0
    for byte in text { folds |= byte & 0x80 | (isControl(byte) ? 1 : 0) }
    guard folds != 0 else { return (text, nil) }
    var folded: [UInt8] = []
    folded.reserveCapacity(text.count)
    var origin = TextOrigin(reserving: text.count)
    var index = 0
    while index < text.count {
      let start = UInt32(index)
      if isControl(text[index]) {
        index += 1
        continue
      }
      if text[index] < 0x80 {
        folded.append(text[index])
        origin.offsets.append(start)
        index += 1
        continue
      }
      let (scalar, length) = decode(text, at: index)
      let before = folded.count
      if !CharacterFolding.append(scalar, to: &folded) {
        folded.append(contentsOf: text[index..<index + length])
      }
      for _ in before..<folded.count { origin.offsets.append(start) }
      index += length
    }
    origin.offsets.append(UInt32(text.count))
    return (folded, origin)
  }

  /// Whether `byte` is a control character that writes nothing and no white space.
  @inline(__always)
  private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte &- 0x09 >= 5 || byte == 0x7F }

  /// The range of the text that a range of the folded text came from.
  func range(of folded: Range<Int>) -> Range<Int> {
    let lower = Int(offsets[folded.lowerBound])
    // A character that folds to several bytes is taken whole.
    var end = folded.upperBound
    while end > 0, end < offsets.count - 1, offsets[end] == offsets[end - 1] { end += 1 }
    return lower..<max(lower, Int(offsets[end]))
  }

  private static func decode(_ text: [UInt8], at index: Int) -> (UInt32, Int) {
    let lead = text[index]
    let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard index + length <= text.count else { return (0xFFFD, text.count - index) }
    var scalar = UInt32(lead) & (0x7F >> UInt32(length))
    for next in text[index + 1..<index + length] { scalar = scalar << 6 | UInt32(next & 0x3F) }
    return (scalar, length)
  }
}
