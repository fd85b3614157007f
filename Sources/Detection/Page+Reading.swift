import Bytes

extension Page {
  /// The word at `index`; outside the page a mark that nothing matches, at the start of a line.
  package subscript(index: Int) -> Word {
    words.indices.contains(index) ? words[index] : Word.outside
  }

  /// Whether the word at `index` is the mark `byte`.
  package func isMark(_ index: Int, _ byte: UInt8) -> Bool { self[index].isMark(byte) }

  /// Whether white space or the end of the page stands before the word at `index`.
  package func isSpaced(_ index: Int) -> Bool { self[index].shape.contains(.spaceBefore) }

  /// Whether the word at `index` is the first of its line; true outside the page.
  package func startsLine(_ index: Int) -> Bool { self[index].shape.contains(.lineStart) }

  /// Whether exactly one space stands before the word at `index`.
  package func isSingleSpaced(_ index: Int) -> Bool {
    index > 0 && index < words.count && Int(words[index].start) == words[index - 1].end + 1
      && bytes[words[index - 1].end] == 0x20
  }

  /// The indices of the words inside `range`.
  func indices(of range: Range<Int>) -> Range<Int> {
    let low = words.partitioningIndex { Int($0.start) >= range.lowerBound }
    var end = low
    while end < words.count, words[end].end <= range.upperBound { end += 1 }
    return low..<end
  }

  /// The indices of the words that share a byte with `range`.
  func indices(touching range: Range<Int>) -> Range<Int> {
    let low = words.partitioningIndex { $0.end > range.lowerBound }
    var end = low
    while end < words.count, Int(words[end].start) < range.upperBound { end += 1 }
    return low..<end
  }

  /// The number that the word at `index` writes in at most nine digits; a bad scan's `O` and `l` count as digits.
  package func number(_ index: Int) -> Int? {
    let word = self[index]
    guard word.isNumber, word.length <= 9 else { return nil }
    var value = 0
    for byte in bytes[word.range] {
      switch byte {
      case 0x30...0x39: value = value * 10 + Int(byte - 0x30)
      case 0x4F, 0x6F: value *= 10
      default: value = value * 10 + 1
      }
    }
    return value
  }

  /// How many digits the words from `first` to `last` hold; letters that a bad scan puts for digits count.
  package func digits(from first: Int, through last: Int) -> Int {
    var count = 0
    for index in first...max(first, last) where self[index].hasDigit {
      if self[index].isNumber {
        count += Int(self[index].length)
      } else {
        for byte in bytes[self[index].range] where CharacterClass.isDigit(byte) { count += 1 }
      }
    }
    return count
  }

  /// The last word of the run that starts at `index` and is held together by single marks such as `-`, `.` and `/`.
  package func endOfChunk(_ index: Int, joinedBy joins: (UInt8) -> Bool = Page.joinsIdentifiers) -> Int {
    var last = index
    while last + 2 < words.count {
      let mark = words[last + 1]
      guard mark.kind == .mark, joins(mark.value), !isSpaced(last + 1), !isSpaced(last + 2),
        words[last + 2].kind != .mark
      else { break }
      last += 2
    }
    return last
  }

  /// The first word of the run that ends at `index`.
  package func startOfChunk(_ index: Int, joinedBy joins: (UInt8) -> Bool = Page.joinsIdentifiers) -> Int {
    var first = index
    while first >= 2 {
      let mark = words[first - 1]
      guard mark.kind == .mark, joins(mark.value), !isSpaced(first), !isSpaced(first - 1),
        words[first - 2].kind != .mark
      else { break }
      first -= 2
    }
    return first
  }

  /// Whether `mark` holds the parts of an identifier together.
  package static func joinsIdentifiers(_ mark: UInt8) -> Bool {
    mark == 0x2D || mark == 0x2E || mark == 0x5F || mark == 0x2F || mark == 0x3A
  }

  /// Whether the word at `index` says that the number before it is a quantity: `mg`, `%`, `beats`.
  package func isMeasure(_ index: Int) -> Bool {
    let word = self[index]
    return word.roles.contains(.measure) && !word.shape.contains(.lineStart) || word.isMark(0x25)
  }

  /// Whether the numbers from `first` to `last` are a time of day: `10:30`, `10:30:05`.
  package func isClockTime(_ first: Int, _ last: Int) -> Bool {
    guard last >= first + 2, isMark(first + 1, 0x3A), let hour = number(first), let minute = number(first + 2) else {
      return false
    }
    return hour < 25 && minute < 60 && self[first + 2].length == 2
  }
}

extension Word {
  /// What stands outside a page.
  static let outside = Word(
    hash: 0, start: 0, length: 0, roles: [], kind: .mark, shape: [.lineStart, .spaceBefore], field: .none, value: 0)
}
