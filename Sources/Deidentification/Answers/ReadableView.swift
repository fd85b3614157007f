internal import Bytes

/// A text as a reader would read it, escapes of JSON and of addresses decoded, that knows where each byte came from.
struct ReadableView {
  /// The text; well-formed UTF-8, whatever came.
  private(set) var text: [UInt8]
  private var escapes: [JSONEscape] = []
  private var percents: [JSONEscape] = []
  /// How long the text was between the two decodings.
  private let countBetween: Int

  init(_ source: [UInt8], isJSON: Bool) {
    text = source
    if isJSON, source.contains(0x5C) {
      text = []
      JSONString.unescapeLoosely(source.span, into: &text, recording: &escapes)
    }
    countBetween = text.count
    if text.contains(0x25) { text = ReadableView.decodingPercents(in: text, recording: &percents) }
    if firstInvalidUTF8(in: text) != nil { text = text.map { $0 < 0x80 ? $0 : 0x3F } }
  }

  /// Where the bytes at `range` came from.
  func source(of range: Range<Int>) -> Range<Int> {
    let between = ReadableView.source(of: range, of: text.count, in: percents)
    return ReadableView.source(of: between, of: countBetween, in: escapes)
  }

  private static func source(of range: Range<Int>, of count: Int, in escapes: [JSONEscape]) -> Range<Int> {
    guard !escapes.isEmpty else { return range }
    return JSONStretch(text: 0..<count, source: 0, escapes: 0..<escapes.count).sourceRange(of: range, in: escapes)
  }

  /// `text` with `%40` and its like decoded; what is no character of ASCII stays.
  private static func decodingPercents(in text: [UInt8], recording escapes: inout [JSONEscape]) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      if text[place] == 0x25, place + 2 < text.count, let high = ASCII.hexDigit(text[place + 1]),
        let low = ASCII.hexDigit(text[place + 2]), high < 8, high > 1
      {
        escapes.append(JSONEscape(text: decoded.count, textCount: 1, source: place, sourceCount: 3))
        decoded.append(high << 4 | low)
        place += 3
      } else {
        decoded.append(text[place])
        place += 1
      }
    }
    return decoded
  }
}
