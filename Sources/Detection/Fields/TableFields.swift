/// Reads tables: a line that names columns, then rows; comma, tab, semicolon or bar between the cells; and the lists of
/// columns and values of an SQL `INSERT`.
struct TableFields {
  let page: Page
  private(set) var values: [FieldValue] = []

  init(_ page: Page) { self.page = page }

  mutating func read() {
    var line = 0
    let lines = page.lines
    while line < lines.count {
      let first = Int(lines[line])
      if let delimiter = delimiter(of: first), let columns = columns(CellLine(page, from: first, delimiter: delimiter))
      {
        line = readRows(after: line, columns, delimiter)
      } else {
        line += 1
      }
    }
    for cue in page.cues where page.words[Int(cue)].hash == TableFields.values { readInsert(Int(cue)) }
  }

  /// The delimiter that occurs at least twice in a line with two words that name fields.
  private func delimiter(of first: Int) -> UInt8? {
    var counts = (comma: 0, semicolon: 0, bar: 0, tab: 0)
    var fields = 0
    var index = first
    while index < page.words.count, index == first || !page.startsLine(index), index < first + 200 {
      let word = page.words[index]
      if word.kind == .mark {
        if word.value == 0x2C { counts.comma += 1 }
        if word.value == 0x3B { counts.semicolon += 1 }
        if word.value == 0x7C { counts.bar += 1 }
        if word.value == 0x3A || word.value == 0x7B { return nil }
      } else {
        if word.field != .none { fields += 1 }
        if word.kind == .digits { return nil }
      }
      if index > first, page.bytes[page.words[index - 1].end] == 0x09 { counts.tab += 1 }
      index += 1
    }
    guard fields >= 2 else { return nil }
    if counts.tab >= 2 { return 0x09 }
    if counts.bar >= 2 { return 0x7C }
    if counts.comma >= 2 { return 0x2C }
    return counts.semicolon >= 2 ? 0x3B : nil
  }

  /// What each column holds; nil when the line does not look like the head of a table.
  private func columns(_ head: CellLine) -> [Field]? {
    // A sentence with commas is no head.
    guard !page.isMark(head.next - 1, 0x2E) else { return nil }
    let key = FieldKey(page)
    var known = 0
    var columns: [Field] = []
    for cell in head.cells {
      guard let cell else {
        columns.append(.none)
        continue
      }
      guard cell.last - cell.first < 6 else { return nil }
      let field = key.field(from: cell.first, through: cell.last)
      if field != .none { known += 1 }
      columns.append(field)
    }
    guard known >= 2 else { return nil }
    readHeads(of: head, into: &columns)
    return columns
  }

  /// The heads that say something only among others: `last` and `first`, `site` beside a person.
  private func readHeads(of head: CellLine, into columns: inout [Field]) {
    let words = head.cells.map { cell in cell.flatMap { $0.first == $0.last ? page[$0.first].hash : nil } }
    let isSplit = words.contains(TableFields.last) && words.contains(TableFields.first)
    for (index, word) in words.enumerated() where columns[index] == .none {
      if isSplit, word == TableFields.last || word == TableFields.first || word == TableFields.middle {
        columns[index] = .personName
      } else if word == TableFields.site || word == TableFields.location,
        isSplit || columns.contains(.personName) || columns.contains(.clinicianName)
      {
        columns[index] = .facility
      }
    }
  }

  private mutating func readRows(after head: Int, _ columns: [Field], _ delimiter: UInt8) -> Int {
    var line = head + 1
    while line < page.lines.count {
      let row = CellLine(page, from: Int(page.lines[line]), delimiter: delimiter)
      guard row.cells.count >= max(2, columns.count - 1), row.cells.count <= columns.count + 1 else { break }
      append(row, columns)
      line += 1
      while line < page.lines.count, Int(page.lines[line]) < row.next { line += 1 }
    }
    return line
  }

  private mutating func append(_ row: CellLine, _ columns: [Field]) {
    // A row with a cell too many, as when a name was not quoted, is read from its end.
    let shift = row.cells.count - columns.count
    for (index, cell) in row.cells.enumerated() {
      guard let cell, index - max(0, shift) >= 0 || columns[0] == .personName else { continue }
      let field = columns[max(0, min(columns.count - 1, index - max(0, shift)))]
      guard (cell.first...cell.last).contains(where: { page[$0].kind != .mark }) else { continue }
      guard field != .none, field != .ordinary, !field.isNumber || page.digits(from: cell.first, through: cell.last) > 1
      else { continue }
      values.append(FieldValue(field, from: cell.first, through: cell.last, bound: .layout))
    }
  }

  /// `INSERT INTO t(a, b) VALUES ('x','y'),('z','w')` with the word `VALUES` at `index`.
  private mutating func readInsert(_ index: Int) {
    guard page.isMark(index - 1, 0x29), page.isMark(index + 1, 0x28) else { return }
    var open = index - 2
    while open > index - 80, open > 0, !page.isMark(open, 0x28) { open -= 1 }
    let head = CellLine(page, from: open + 1, delimiter: 0x2C, end: 0x29)
    let key = FieldKey(page)
    let columns = head.cells.map { cell in cell.map { key.field(from: $0.first, through: $0.last) } ?? .none }
    var next = index + 1
    while page.isMark(next, 0x28) {
      let row = CellLine(page, from: next + 1, delimiter: 0x2C, end: 0x29)
      if row.cells.count == columns.count { append(row, columns) }
      next = row.next + 1
      if page.isMark(next, 0x2C) { next += 1 }
    }
  }

  private static let values = WordHash.of("values")
  private static let last = WordHash.of("last")
  private static let first = WordHash.of("first")
  private static let middle = WordHash.of("middle")
  private static let site = WordHash.of("site")
  private static let location = WordHash.of("location")
}
