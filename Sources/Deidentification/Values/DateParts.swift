internal import Bytes

/// The numbers and months in the text of a date, in order.
struct DateParts: Sendable {
  struct Number: Sendable {
    var value: Int
    var digits: Int
    var start: Int
    /// Whether a colon touches it: it is part of a time.
    var isTime: Bool

    /// Where its digits are.
    var range: Range<Int> { start..<start + digits }
  }

  struct Month: Sendable {
    /// From 1 to 12.
    var value: Int
    /// Where its letters are.
    var range: Range<Int>
  }

  private(set) var numbers: [Number] = []
  private(set) var months: [Month] = []
  /// Whether nothing occurs that a date does not have.
  private(set) var isClean = true

  init(_ text: Span<UInt8>) {
    var at = 0
    while at < text.count {
      let byte = text[at]
      if ASCII.isDigit(byte) {
        readNumber(text, at: &at)
      } else if ASCII.isLetter(byte) {
        readWord(text, at: &at)
      } else {
        if byte >= 0x80 { isClean = false }
        at += 1
      }
    }
  }

  /// Forgets the numbers of a time of day.
  mutating func dropTime() { numbers.removeAll(where: \.isTime) }

  private mutating func readNumber(_ text: Span<UInt8>, at: inout Int) {
    let start = at
    var value = 0
    while at < text.count, ASCII.isDigit(text[at]) {
      if at - start < 18 { value = value * 10 + Int(text[at] &- 0x30) }
      at += 1
    }
    let isTime = (start > 0 && text[start - 1] == 0x3A) || (at < text.count && text[at] == 0x3A)
    numbers.append(Number(value: value, digits: at - start, start: start, isTime: isTime))
  }

  private mutating func readWord(_ text: Span<UInt8>, at: inout Int) {
    var letters: UInt64 = 0
    var count = 0
    let start = at
    while at < text.count, ASCII.isLetter(text[at]) {
      if count < 8 { letters = letters << 8 | UInt64(text[at] | 0x20) }
      count += 1
      at += 1
    }
    if let month = DateParts.month(letters, count) {
      months.append(Month(value: month, range: start..<at))
    } else if !DateParts.filler.contains(letters) {
      isClean = false
    }
  }

  private static func month(_ letters: UInt64, _ count: Int) -> Int? {
    guard count >= 3 else { return nil }
    let packed = count >= 8 ? letters : letters << UInt64(8 * (8 - count))
    guard let place = prefixes.firstIndex(where: { packed >> 40 == $0 }) else { return nil }
    let name = names[place]
    let known = min(count, name.utf8.count, 8)
    guard count <= name.utf8.count, count != name.utf8.count || known == min(8, name.utf8.count) else { return nil }
    return packed >> UInt64(8 * (8 - known)) == pack(name, known) ? place + 1 : nil
  }

  static let names = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ]
  private static let prefixes = names.map { pack($0, 3) }

  /// Words that stand in a date and say nothing that matters here.
  private static let filler = Set(
    [
      "st", "nd", "rd", "th", "of", "the", "t", "z", "am", "pm", "a", "m", "p", "at", "on", "mon", "tue", "tues", "wed",
      "thu", "thur", "thurs", "fri", "sat", "sun", "monday", "tuesday", "thursday", "friday", "saturday", "sunday",
      "wednesday",
    ].map { pack($0, 8) })

  private static func pack(_ word: String, _ count: Int) -> UInt64 {
    word.utf8.prefix(count).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
