/// Some columns of a CSV file (RFC 4180) with a first line of names.
struct CSVColumns {
  /// Why a file was not taken.
  struct Failure: Error {
    let line: Int
    let what: String
  }

  /// The fields of each column that was asked for, in the order in which they were.
  private(set) var columns: [[String]]

  /// Reads the columns of these names.
  init(_ text: [UInt8], _ names: [String]) throws(Failure) {
    var reader = FieldReader(text)
    let header = try reader.row() ?? []
    var places: [Int] = []
    for name in names {
      guard let place = header.firstIndex(of: name), header.lastIndex(of: name) == place else {
        throw Failure(line: 1, what: "no one column is named `\(name)`")
      }
      places.append(place)
    }
    columns = names.map { _ in [] }
    while let row = try reader.row() {
      guard row.count == header.count else {
        throw Failure(line: reader.line, what: "\(row.count) fields where the first line has \(header.count)")
      }
      for (index, place) in places.enumerated() { columns[index].append(row[place]) }
    }
  }

  /// The field as CSV has it: in quotes where it must be.
  static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}

/// Takes a CSV text apart, row by row.
private struct FieldReader {
  private let text: [UInt8]
  private var place = 0
  /// The line on which the row began that was read last.
  private(set) var line = 0
  private var nextLine = 1

  init(_ text: [UInt8]) {
    self.text = text
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
  }

  /// The fields of the next row that is not empty; nil at the end.
  mutating func row() throws(CSVColumns.Failure) -> [String]? {
    while place < text.count, text[place] == 0x0A || text[place] == 0x0D { skipEnd() }
    guard place < text.count else { return nil }
    line = nextLine
    var fields = [try field()]
    while place < text.count, text[place] == 0x2C {
      place += 1
      fields.append(try field())
    }
    if place < text.count { skipEnd() }
    return fields
  }

  private mutating func skipEnd() {
    if text[place] == 0x0D, place + 1 < text.count, text[place + 1] == 0x0A { place += 1 }
    place += 1
    nextLine += 1
  }

  private mutating func field() throws(CSVColumns.Failure) -> String {
    var bytes: [UInt8] = []
    if place < text.count, text[place] == 0x22 {
      place += 1
      while true {
        guard place < text.count else { throw CSVColumns.Failure(line: line, what: "a quote that does not end") }
        let byte = text[place]
        place += 1
        if byte == 0x0A { nextLine += 1 }
        if byte == 0x22 {
          guard place < text.count, text[place] == 0x22 else { break }
          place += 1
        }
        bytes.append(byte)
      }
      guard place == text.count || [0x2C, 0x0A, 0x0D].contains(text[place]) else {
        throw CSVColumns.Failure(line: line, what: "a field that goes on behind its quote")
      }
    } else {
      let start = place
      while place < text.count, text[place] != 0x2C, text[place] != 0x0A, text[place] != 0x0D { place += 1 }
      bytes = Array(text[start..<place])
    }
    guard let field = String(validating: bytes, as: UTF8.self) else {
      throw CSVColumns.Failure(line: line, what: "a field that is not UTF-8")
    }
    return field
  }
}

extension CSVColumns {
  /// The columns of a file, or the failure that names its line.
  static func reading(_ path: String, _ names: [String]) throws -> [[String]] {
    let content = try ComputationFile.content(of: path)
    do throws(Failure) {
      return try CSVColumns(content, names).columns
    } catch {
      throw CommandFailure(.unreadableInput, "\(path):\(error.line): \(error.what)")
    }
  }
}
