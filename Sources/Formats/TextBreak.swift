internal import Bytes

/// Where a text can be cut with the least harm.
enum TextBreak {
  /// The last good place to cut `text` at or after `start`: what comes before it ends as well as anything there does.
  ///
  /// - Precondition: `text` is the beginning of well-formed UTF-8, and longer than `start` by some characters.
  static func last(in text: Span<UInt8>, from start: Int) -> Int {
    for kind in [isEmptyLine, isLineEnd, isSentenceEnd, isSpace, isMark, isCharacterEnd] {
      var place = text.count - 1
      while place > start {
        if kind(text, place) { return place }
        place -= 1
      }
    }
    return start
  }

  /// How many bytes at the end of `text` are the beginning of a character whose end is missing.
  static func unfinishedCharacter(at text: Span<UInt8>) -> Int {
    for back in 1...3 where back <= text.count {
      let byte = text[text.count - back]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > back ? back : 0
    }
    return 0
  }

  private static func isEmptyLine(_ text: Span<UInt8>, _ place: Int) -> Bool {
    guard text[place - 1] == 0x0A, place >= 2 else { return false }
    return text[place - 2] == 0x0A || (place >= 3 && text[place - 2] == 0x0D && text[place - 3] == 0x0A)
  }

  private static func isLineEnd(_ text: Span<UInt8>, _ place: Int) -> Bool {
    text[place - 1] == 0x0A || (text[place - 1] == 0x0D && text[place] != 0x0A)
  }

  private static func isSentenceEnd(_ text: Span<UInt8>, _ place: Int) -> Bool {
    guard place >= 2, text[place - 1] == 0x20 else { return false }
    return text[place - 2] == 0x2E || text[place - 2] == 0x21 || text[place - 2] == 0x3F || text[place - 2] == 0x3B
  }

  private static func isSpace(_ text: Span<UInt8>, _ place: Int) -> Bool {
    ASCII.isSpace(text[place - 1]) && !ASCII.isNewline(text[place])
  }

  private static func isMark(_ text: Span<UInt8>, _ place: Int) -> Bool {
    switch text[place - 1] {
    case 0x2C, 0x3B, 0x7B, 0x7D, 0x5B, 0x5D, 0x22, 0x7C, 0x3C, 0x3E: true
    default: false
    }
  }

  private static func isCharacterEnd(_ text: Span<UInt8>, _ place: Int) -> Bool { text[place] & 0xC0 != 0x80 }
}
