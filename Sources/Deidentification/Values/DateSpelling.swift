internal import Bytes
internal import PHI

/// How a text writes a date, so that another date can be written in the same way.
struct DateSpelling {
  private let date: WrittenDate
  /// Whether numbers below ten have a zero before them.
  private let pads: Bool

  init(_ date: WrittenDate, in text: Span<UInt8>) {
    self.date = date
    var sawSingle = false
    for place in date.places where place.part == .month || place.part == .day {
      if place.range.count == 1 { sawSingle = true }
    }
    pads = !sawSingle
  }

  /// Appends `text` with the parts of `new` in the place of its own, and days of the week moved by `shift` days.
  func write(_ new: CalendarDate, movedBy shift: Int, in text: Span<UInt8>, into output: inout [UInt8]) {
    var copied = 0
    for place in date.places {
      copy(text, copied..<place.range.lowerBound, movedBy: shift, into: &output)
      copied = place.range.upperBound
      switch place.part {
      case .year: write(new.year, digits: place.range.count, into: &output)
      case .month: write(new.month, digits: pads ? 2 : 1, into: &output)
      case .monthName:
        let isJoined = place.range.lowerBound > 0 && [0x2D, 0x2F].contains(text[place.range.lowerBound - 1])
        MonthName.write(new.month, like: text.extracting(place.range), isJoined: isJoined, into: &output)
      case .day:
        let isPadded = place.range.count == 2 && (text[place.range.lowerBound] == 0x30 || isNumeric)
        write(new.day, digits: pads && isPadded ? 2 : 1, into: &output)
        copied = Ordinal.replace(after: copied, in: text, for: new.day, into: &output)
      }
    }
    copy(text, copied..<text.count, movedBy: shift, into: &output)
  }

  private var isNumeric: Bool { date.places.allSatisfy { $0.part != .monthName } }

  private func write(_ number: Int, digits: Int, into output: inout [UInt8]) {
    let written = Array(String(number).utf8)
    if digits == 2, written.count == 4 {
      output.append(contentsOf: written.suffix(2))
    } else {
      output.append(contentsOf: repeatElement(0x30, count: max(0, digits - written.count)))
      output.append(contentsOf: written)
    }
  }

  /// Copies what is none of the parts; a day of the week among it moves too.
  private func copy(_ text: Span<UInt8>, _ range: Range<Int>, movedBy shift: Int, into output: inout [UInt8]) {
    var at = range.lowerBound
    while at < range.upperBound {
      let start = at
      while at < range.upperBound, ASCII.isLetter(text[at]) { at += 1 }
      if start == at {
        output.append(text[at])
        at += 1
      } else if !Weekday.write(text.extracting(start..<at), movedBy: shift, into: &output) {
        output.append(copying: text, start..<at)
      }
    }
  }
}

/// The endings of `1st`, `2nd`, `3rd` and `4th`.
private enum Ordinal {
  /// Appends the ending for `day` if an ending stands at `place`; where the text goes on.
  static func replace(after place: Int, in text: Span<UInt8>, for day: Int, into output: inout [UInt8]) -> Int {
    guard place + 2 <= text.count, place + 2 == text.count || !ASCII.isLetter(text[place + 2]) else { return place }
    let found = [ASCII.lowercased(text[place]), ASCII.lowercased(text[place + 1])]
    guard ["st", "nd", "rd", "th"].contains(where: { found == Array($0.utf8) }) else { return place }
    let ending =
      (11...13).contains(day) ? "th" : day % 10 == 1 ? "st" : day % 10 == 2 ? "nd" : day % 10 == 3 ? "rd" : "th"
    Capitals(of: text.extracting(place..<place + 2)).write(ending, into: &output)
    return place + 2
  }
}

/// The names of months, in full or cut.
private enum MonthName {
  /// Appends the name of `month`, as long and in the same case as `old`.
  ///
  /// `May` is both whole and cut: it is taken for cut where a mark joins it to a number, as in `28-May-2023`.
  static func write(_ month: Int, like old: Span<UInt8>, isJoined: Bool, into output: inout [UInt8]) {
    let name = DateParts.names[month - 1]
    let isWhole = spellsWhole(old) && !(isJoined && old.count == 3)
    Capitals(of: old).write(isWhole ? name : String(name.prefix(3)), into: &output)
  }

  private static func spellsWhole(_ old: Span<UInt8>) -> Bool {
    DateParts.names.contains { name in
      guard name.utf8.count == old.count else { return false }
      var place = 0
      for byte in name.utf8 {
        if ASCII.lowercased(old[place]) != byte { return false }
        place += 1
      }
      return true
    }
  }
}

/// The days of the week, in full or cut.
private enum Weekday {
  private static let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

  /// Appends the day of the week `shift` days after the one that `word` names; false when it names none.
  static func write(_ word: Span<UInt8>, movedBy shift: Int, into output: inout [UInt8]) -> Bool {
    let letters = String(decoding: word).lowercased()
    guard letters.utf8.count >= 3, let old = names.firstIndex(where: { $0.hasPrefix(letters) }) else { return false }
    let new = names[((old + shift) % 7 + 7) % 7]
    Capitals(of: word).write(letters == names[old] ? new : String(new.prefix(3)), into: &output)
    return true
  }
}
