/// The scalars of JSON's grammar, located and checked.
enum JSONScan {
  /// What is between the quotes of the string whose opening quote is at `start`, and whether it has a backslash.
  static func string(_ text: Span<UInt8>, at start: Int) throws(JSONError) -> (Range<Int>, isEscaped: Bool) {
    var place = start + 1
    var isEscaped = false
    while true {
      place = firstSpecial(text, from: place)
      guard place < text.count else { throw JSONError(.endOfText, at: place) }
      switch text[place] {
      case 0x22: return (start + 1..<place, isEscaped)
      case 0x5C:
        isEscaped = true
        place = try escape(text, at: place)
      default: throw JSONError(.controlCharacter, at: place)
      }
    }
  }

  /// Where the first `"`, `\` or byte below 0x20 is, from `start` on; the end of the text when there is none.
  static func firstSpecial(_ text: Span<UInt8>, from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    let raw = unsafe text.bytes
    var place = start
    while place + 8 <= text.count {
      let word = unsafe UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      // A borrow can only put a false mark above a true one, and the lowest mark is the one that is used.
      let marks =
        ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word) & tops
      if marks != 0 { return place + marks.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < text.count {
      let byte = text[place]
      if byte == 0x22 || byte == 0x5C || byte < 0x20 { return place }
      place += 1
    }
    return place
  }

  /// Where the number that begins at `start` ends.
  static func number(_ text: Span<UInt8>, at start: Int) throws(JSONError) -> Int {
    var place = start
    if text[place] == 0x2D { place += 1 }
    let integer = digits(text, at: place)
    guard integer > place else {
      if place >= text.count { throw JSONError(.endOfText, at: place) }
      throw JSONError(place == start ? .unexpectedByte : .malformedNumber, at: place)
    }
    guard text[place] != 0x30 || integer == place + 1 else { throw JSONError(.malformedNumber, at: place) }
    place = integer
    if place < text.count, text[place] == 0x2E { place = try someDigits(text, at: place + 1) }
    if place < text.count, text[place] | 0x20 == 0x65 {
      place += 1
      if place < text.count, text[place] == 0x2B || text[place] == 0x2D { place += 1 }
      place = try someDigits(text, at: place)
    }
    return place
  }

  /// Where `word`, which must begin at `start`, ends.
  static func word(_ word: StaticString, _ text: Span<UInt8>, at start: Int) throws(JSONError) -> Int {
    let end = start + word.utf8CodeUnitCount
    for place in start..<end {
      guard place < text.count else { throw JSONError(.endOfText, at: place) }
      guard unsafe text[place] == word.utf8Start[place - start] else { throw JSONError(.unexpectedByte, at: place) }
    }
    return end
  }

  /// Where the escape that begins with the backslash at `start` ends.
  private static func escape(_ text: Span<UInt8>, at start: Int) throws(JSONError) -> Int {
    guard start + 1 < text.count else { throw JSONError(.endOfText, at: start + 1) }
    switch text[start + 1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return start + 2
    case 0x75:
      for place in start + 2..<start + 6 {
        guard place < text.count else { throw JSONError(.endOfText, at: place) }
        guard ASCII.isHexDigit(text[place]) else { throw JSONError(.malformedEscape, at: start) }
      }
      return start + 6
    default: throw JSONError(.malformedEscape, at: start)
    }
  }

  private static func digits(_ text: Span<UInt8>, at start: Int) -> Int {
    var place = start
    while place < text.count, ASCII.isDigit(text[place]) { place += 1 }
    return place
  }

  private static func someDigits(_ text: Span<UInt8>, at start: Int) throws(JSONError) -> Int {
    let end = digits(text, at: start)
    if end > start { return end }
    throw JSONError(start < text.count ? .malformedNumber : .endOfText, at: start)
  }
}
