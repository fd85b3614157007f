import PHI

/// What the tagger knows of the lines of a page: how long each is and what the rules found in it, and, where several
/// lines have the same cells, what the rules found in the column of each word.
///
/// An address over several lines and a table without heads show what they are only in this way.
struct LineForms {
  /// Which line each word stands on, from 1 on; 0 outside the page.
  private var numbers: PerWord<Int32>
  /// The form of each line by its number, between two that are 0.
  private var forms: ContiguousArray<UInt32> = [0]
  /// What most cells of a word's column hold: 0 when it stands in no table, 1 when nothing was found there, else the
  /// kind of identifier and how many of the cells have it.
  private(set) var columns: PerWord<UInt8>

  /// The forms of the lines of a page where the rules found what `ruled` says.
  init(_ page: Page, ruled: PerWord<UInt8>) {
    numbers = PerWord(repeating: 0, count: page.words.count, outside: 0)
    columns = PerWord(repeating: 0, count: 0, outside: 0)
    var lines: [Range<Int>] = []
    lines.reserveCapacity(page.lines.count)
    forms.reserveCapacity(page.lines.count + 2)
    for (place, first) in page.lines.enumerated() {
      let end = place + 1 < page.lines.count ? Int(page.lines[place + 1]) : page.words.count
      let line = Int(first)..<end
      lines.append(line)
      forms.append(LineForms.form(of: line, on: page, ruled))
      for index in line { numbers[index] = Int32(place + 1) }
    }
    forms.append(0)
    readTables(lines, on: page, ruled)
  }

  /// The forms of the line of the word at `index` and of those before and after it; 0 outside the page.
  func around(_ index: Int) -> (before: UInt32, own: UInt32, after: UInt32) {
    let number = Int(numbers[index])
    return number == 0 ? (0, 0, 0) : (forms[number - 1], forms[number], forms[number + 1])
  }

  /// How long a line is, how it begins, and the kinds of identifiers that the rules found in it.
  private static func form(of line: Range<Int>, on page: Page, _ ruled: PerWord<UInt8>) -> UInt32 {
    var found: UInt32 = 0
    for index in line where ruled[index] != 0 { found |= 1 << UInt32(min(ruled[index] >> 2, 14)) }
    let length: UInt32 = line.count < 3 ? 1 : line.count < 6 ? 2 : line.count < 12 ? 3 : line.count < 30 ? 4 : 5
    let last = page.words[line.upperBound - 1]
    return length | UInt32(page.words[line.lowerBound].kind.rawValue) << 3
      | (page.words[line.lowerBound].shape.contains(.initialCapital) ? 32 : 0) | (last.hasDigit ? 64 : 0) | found << 8
  }

  private mutating func readTables(_ lines: [Range<Int>], on page: Page, _ ruled: PerWord<UInt8>) {
    var block: [(line: Range<Int>, row: Row)] = []
    for line in lines {
      let row = Row(line, on: page)
      if let last = block.last, row == nil || last.row.separator != row?.separator || last.row.count != row?.count {
        read(block, on: page, ruled)
        block.removeAll()
      }
      if let row { block.append((line, row)) }
    }
    read(block, on: page, ruled)
  }

  private mutating func read(_ block: [(line: Range<Int>, row: Row)], on page: Page, _ ruled: PerWord<UInt8>) {
    guard block.count > 1, let first = block.first else { return }
    var kinds = [[UInt8: Int]](repeating: [:], count: first.row.count + 1)
    for (line, row) in block {
      var last = -1
      for index in line {
        let cell = row.cell(of: index, in: line, on: page, after: &last)
        if ruled[index] != 0, ruled[index - 1] == 0 || index == line.lowerBound || row.separates(index - 1, on: page) {
          kinds[min(cell, first.row.count)][ruled[index] >> 2, default: 0] += 1
        }
      }
    }
    let columns = kinds.map { counts -> UInt8 in
      guard let most = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { return 1 }
      let share = most.value * 4 / block.count
      return share == 0 ? 1 : most.key << 2 | UInt8(min(share, 3))
    }
    if self.columns.count == 0 { self.columns = PerWord(repeating: 0, count: page.words.count, outside: 0) }
    for (line, row) in block {
      var last = -1
      for index in line {
        self.columns[index] = columns[min(row.cell(of: index, in: line, on: page, after: &last), first.row.count)]
      }
    }
  }
}

/// How a line is parted into cells.
private struct Row: Equatable {
  enum Separator: Equatable { case tab, mark(UInt8), gap }

  let separator: Separator
  /// How many separators the line has.
  let count: Int

  /// The cells of a line; nil when it has fewer than three.
  init?(_ line: Range<Int>, on page: Page) {
    var (tabs, gaps, pipes, carets, semicolons, commas) = (0, 0, 0, 0, 0, 0)
    for index in line {
      if index > line.lowerBound {
        let gap = page.words[index - 1].end..<Int(page.words[index].start)
        if gap.count > 0, page.bytes[gap.lowerBound] == 0x09 { tabs += 1 } else if gap.count > 1 { gaps += 1 }
      }
      guard page.words[index].kind == .mark else { continue }
      switch page.words[index].value {
      case 0x7C: pipes += 1
      case 0x5E: carets += 1
      case 0x3B: semicolons += 1
      case 0x2C: commas += 1
      default: break
      }
    }
    let choices: [(Int, Separator)] = [
      (tabs, .tab), (pipes, .mark(0x7C)), (carets, .mark(0x5E)), (gaps, .gap), (semicolons, .mark(0x3B)),
      (commas, .mark(0x2C)),
    ]
    guard let choice = choices.first(where: { $0.0 > 1 }) else { return nil }
    (count, separator) = choice
  }

  /// Whether the word at `index` is a separator.
  func separates(_ index: Int, on page: Page) -> Bool {
    if case .mark(let mark) = separator { return page.isMark(index, mark) }
    return false
  }

  /// The cell that the word at `index` stands in; `last` is that of the word before, -1 at the start of the line.
  func cell(of index: Int, in line: Range<Int>, on page: Page, after last: inout Int) -> Int {
    if last < 0 {
      last = 0
    } else {
      let gap = page.words[index - 1].end..<Int(page.words[index].start)
      switch separator {
      case .tab: if !gap.isEmpty, page.bytes[gap.lowerBound] == 0x09 { last += 1 }
      case .gap: if gap.count > 1 { last += 1 }
      case .mark: if separates(index - 1, on: page) { last += 1 }
      }
    }
    return last
  }
}
