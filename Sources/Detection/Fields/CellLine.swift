/// A line, or part of one, cut into cells.
struct CellLine {
  /// The first and last word of each cell; nil for an empty one.
  private(set) var cells: [(first: Int, last: Int)?] = []
  /// The first word after the line.
  private(set) var next: Int

  /// Cuts the words from `first` to the end of the line, or to the mark `end`, at each `delimiter`.
  ///
  /// A delimiter of 0x09 is a tab. Quotes hold a cell together and do not belong to it.
  init(_ page: Page, from first: Int, delimiter: UInt8, end: UInt8? = nil) {
    next = first
    var index = first
    var start: Int?
    var isQuoted = false
    while index < page.words.count, index == first || !page.startsLine(index) || isQuoted && index < first + 400 {
      let word = page.words[index]
      if delimiter == 0x09, index > first {
        for _ in 0..<CellLine.tabs(page, before: index) {
          cells.append(start.map { ($0, index - 1) })
          start = nil
        }
      }
      if let end, word.isMark(end), !isQuoted { break }
      if word.isMark(0x22) || word.isMark(0x27) && delimiter == 0x2C && (start == nil || isQuoted) {
        isQuoted.toggle()
        if start == nil, isQuoted { start = index + 1 }
      } else if word.isMark(delimiter), !isQuoted {
        cells.append(cell(page, start, index - 1))
        start = nil
      } else if start == nil {
        start = index
      }
      index += 1
    }
    cells.append(cell(page, start, index - 1))
    next = index
  }

  private func cell(_ page: Page, _ start: Int?, _ end: Int) -> (first: Int, last: Int)? {
    guard let start else { return nil }
    var end = end
    while end >= start, page[end].isMark(0x22) || page[end].isMark(0x27) { end -= 1 }
    return end >= start ? (start, end) : nil
  }

  private static func tabs(_ page: Page, before index: Int) -> Int {
    page.bytes[page.words[index - 1].end..<Int(page.words[index].start)].reduce(0) { $1 == 0x09 ? $0 + 1 : $0 }
  }
}
