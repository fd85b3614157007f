/// What is between the quotes of a JSON string: escaping and its inverse.
///
/// JSON can escape half of a surrogate pair (`\ud83d`), which UTF-8 cannot hold. `unescape` writes it as the three
/// bytes that UTF-8's scheme would give it (WTF-8) and says so, and `escape` writes those three bytes as the escape
/// they came from: nothing is lost on the way, but such bytes are not text. A reader that must understand the string
/// refuses it; one that only passes it on may go on.
public enum JSONString {
  /// Appends `text` as it stands between quotes: `"`, `\` and control characters escaped, all else as it is.
  public static func escape(_ text: Span<UInt8>, into output: inout [UInt8]) {
    var copied = 0
    var place = firstToEscape(text, from: 0)
    while place < text.count {
      output.append(copying: text, copied..<place)
      if text[place] == 0xED {
        let isSurrogate = place + 2 < text.count && text[place + 1] >= 0xA0
        if isSurrogate { escapeUnit(surrogate(text, at: place), into: &output) }
        copied = isSurrogate ? place + 3 : place
        place = firstToEscape(text, from: place + (isSurrogate ? 3 : 1))
      } else {
        escape(text[place], into: &output)
        copied = place + 1
        place = firstToEscape(text, from: copied)
      }
    }
    output.append(copying: text, copied..<text.count)
  }

  /// `text` as it stands between quotes.
  public static func escaped(_ text: Span<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count + 8)
    escape(text, into: &output)
    return output
  }

  /// Appends `text` as a JSON string, quotes and all.
  public static func quote(_ text: Span<UInt8>, into output: inout [UInt8]) {
    output.append(0x22)
    escape(text, into: &output)
    output.append(0x22)
  }

  private static func firstToEscape(_ text: Span<UInt8>, from start: Int) -> Int {
    let special = JSONScan.firstSpecial(text, from: start)
    var place = start
    while place + 64 <= special {
      let leads = Block(text, at: place).equal(to: 0xED)
      if leads != 0 { return place + leads.trailingZeroBitCount }
      place += 64
    }
    while place < special {
      if text[place] == 0xED { return place }
      place += 1
    }
    return special
  }

  private static func escape(_ byte: UInt8, into output: inout [UInt8]) {
    output.append(0x5C)
    switch byte {
    case 0x22, 0x5C: output.append(byte)
    case 0x08: output.append(0x62)
    case 0x09: output.append(0x74)
    case 0x0A: output.append(0x6E)
    case 0x0C: output.append(0x66)
    case 0x0D: output.append(0x72)
    default: output.append(contentsOf: [0x75, 0x30, 0x30, Hex.digit(byte >> 4), Hex.digit(byte & 0xF)])
    }
  }

  private static func surrogate(_ text: Span<UInt8>, at place: Int) -> UInt16 {
    0xD000 | UInt16(text[place + 1] & 0x3F) << 6 | UInt16(text[place + 2] & 0x3F)
  }

  private static func escapeUnit(_ unit: UInt16, into output: inout [UInt8]) {
    output.append(contentsOf: [0x5C, 0x75])
    for shift in stride(from: 12, through: 0, by: -4) {
      output.append(Hex.digit(UInt8(truncatingIfNeeded: unit >> UInt16(shift)) & 0xF))
    }
  }
}
