extension JSONString {
  /// Appends what the string body `body` spells; false when half of a surrogate pair was among it.
  ///
  /// - Precondition: `body` is the body of a string that `JSONCursor` has passed.
  public static func unescape(_ body: Span<UInt8>, into output: inout [UInt8]) -> Bool {
    var ignored: [JSONEscape] = []
    return unescape(body, 0..<body.count, into: &output, recording: &ignored, always: false)
  }

  /// Appends what the string body at `range` of `source` spells, and every escape that was met; false when half of a
  /// surrogate pair was among it.
  ///
  /// - Precondition: `range` is the body of a string that `JSONCursor` has passed.
  public static func unescape(
    _ source: Span<UInt8>, _ range: Range<Int>, into output: inout [UInt8], recording escapes: inout [JSONEscape]
  ) -> Bool {
    unescape(source, range, into: &output, recording: &escapes, always: true)
  }

  /// Appends `text` with what looks like an escape decoded and every other backslash left, and records what was decoded.
  ///
  /// It is for text that quotes JSON without being JSON, such as lines of it: a name in it is to be read as it sounds.
  /// Half of a surrogate pair is left as it is written, so the output is UTF-8 when the text is.
  public static func unescapeLoosely(
    _ text: Span<UInt8>, into output: inout [UInt8], recording escapes: inout [JSONEscape]
  ) {
    var copied = 0
    var place = firstBackslash(text, from: 0)
    while place < text.count {
      output.append(copying: text, copied..<place)
      let start = output.count
      var isWhole = true
      var count = 1
      if isEscape(text, at: place) { count = escape(text, at: place, into: &output, &isWhole) }
      if count > 1, isWhole {
        escapes.append(JSONEscape(text: start, textCount: output.count - start, source: place, sourceCount: count))
      } else {
        output.removeSubrange(start...)
        output.append(copying: text, place..<place + count)
      }
      copied = place + count
      place = firstBackslash(text, from: copied)
    }
    output.append(copying: text, copied..<text.count)
  }

  private static func isEscape(_ text: Span<UInt8>, at place: Int) -> Bool {
    guard place + 1 < text.count else { return false }
    switch text[place + 1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return true
    case 0x75: return place + 6 <= text.count && isUnit(text, at: place + 2)
    default: return false
    }
  }

  private static func isUnit(_ text: Span<UInt8>, at place: Int) -> Bool {
    (place..<place + 4).allSatisfy { ASCII.isHexDigit(text[$0]) }
  }

  private static func unescape(
    _ source: Span<UInt8>, _ range: Range<Int>, into output: inout [UInt8],
    recording escapes: inout [JSONEscape], always isRecording: Bool
  ) -> Bool {
    let text = source.extracting(0..<range.upperBound)
    var isWhole = true
    var copied = range.lowerBound
    while true {
      let place = firstBackslash(text, from: copied)
      output.append(copying: text, copied..<place)
      guard place < text.count else { return isWhole }
      let start = output.count
      copied = place + escape(text, at: place, into: &output, &isWhole)
      if isRecording {
        escapes.append(
          JSONEscape(text: start, textCount: output.count - start, source: place, sourceCount: copied - place))
      }
    }
  }

  private static func firstBackslash(_ text: Span<UInt8>, from start: Int) -> Int {
    var place = start
    while place + 64 <= text.count {
      let found = Block(text, at: place).equal(to: 0x5C)
      if found != 0 { return place + found.trailingZeroBitCount }
      place += 64
    }
    while place < text.count, text[place] != 0x5C { place += 1 }
    return place
  }

  /// Decodes the escape at `place`; returns how many bytes it takes.
  private static func escape(
    _ text: Span<UInt8>, at place: Int, into output: inout [UInt8], _ isWhole: inout Bool
  ) -> Int {
    switch text[place + 1] {
    case 0x62: output.append(0x08)
    case 0x66: output.append(0x0C)
    case 0x6E: output.append(0x0A)
    case 0x72: output.append(0x0D)
    case 0x74: output.append(0x09)
    case 0x75:
      let first = unit(text, at: place + 2)
      guard first & 0xF800 == 0xD800 else {
        append(UInt32(first), into: &output)
        return 6
      }
      if first < 0xDC00, place + 12 <= text.count, text[place + 6] == 0x5C, text[place + 7] == 0x75,
        isUnit(text, at: place + 8)
      {
        let second = unit(text, at: place + 8)
        if second & 0xFC00 == 0xDC00 {
          append(0x1_0000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF)), into: &output)
          return 12
        }
      }
      isWhole = false
      append(UInt32(first), into: &output)
      return 6
    default: output.append(text[place + 1])
    }
    return 2
  }

  private static func unit(_ text: Span<UInt8>, at place: Int) -> UInt16 {
    var unit: UInt16 = 0
    for index in place..<place + 4 { unit = unit << 4 | UInt16(ASCII.hexDigit(text[index]) ?? 0) }
    return unit
  }

  private static func append(_ codePoint: UInt32, into output: inout [UInt8]) {
    func byte(_ lead: UInt32, _ shift: UInt32, _ mask: UInt32) -> UInt8 {
      UInt8(truncatingIfNeeded: lead | codePoint >> shift & mask)
    }
    switch codePoint {
    case 0..<0x80: output.append(byte(0, 0, 0x7F))
    case 0x80..<0x800: output.append(contentsOf: [byte(0xC0, 6, 0x1F), byte(0x80, 0, 0x3F)])
    case 0x800..<0x1_0000:
      output.append(contentsOf: [byte(0xE0, 12, 0x0F), byte(0x80, 6, 0x3F), byte(0x80, 0, 0x3F)])
    default:
      output.append(contentsOf: [
        byte(0xF0, 18, 0x07), byte(0x80, 12, 0x3F), byte(0x80, 6, 0x3F), byte(0x80, 0, 0x3F),
      ])
    }
  }
}
