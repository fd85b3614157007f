import Bytes
import Ciphers
import Ledger
import Testing

struct ExportCheckTests {
  @Test(arguments: ExportFormat.allCases) func `says that an export is whole`(_ format: ExportFormat) async throws {
    let log = try TemporaryLog()
    try await log.fill(12)
    let verdict = try compare(lines(of: log, in: format), with: log)
    #expect(verdict.isWhole)
    #expect(verdict.records == 12)
    #expect(verdict.range == 0...11)
  }

  @Test(arguments: ExportFormat.allCases) func `names what is missing`(_ format: ExportFormat) async throws {
    let log = try TemporaryLog()
    try await log.fill(12)
    var lines = try lines(of: log, in: format)
    let first = format == .fhirBundle ? 1 : 0
    lines.removeSubrange(first + 7...first + 8)
    lines.remove(at: first + 3)
    let verdict = try compare(lines, with: log)
    #expect(verdict.missing == [3...3, 7...8])
    #expect(!verdict.isWhole)
    #expect(try alone(lines, log).missing == [3...3, 7...8])
  }

  @Test(arguments: ExportFormat.allCases) func `names what is not the log's`(_ format: ExportFormat) async throws {
    let log = try TemporaryLog()
    let other = try TemporaryLog()
    try await log.fill(6)
    try await other.fill(8)
    let foreign = try lines(of: log, in: format)
    // Both logs have the key of the same seed, so that only the size of the checkpoint tells the two exports apart.
    #expect(try compare(foreign, with: other).isWhole, "an earlier export stays whole when the log grows")
    #expect(try compare(lines(of: other, in: format), with: log).unexpected == 6)
    let wrong = try (leaf(4), leaf(5))
    let changed = try lines(of: log, in: format).map { line in
      // The structured data of a message stand before its text, where the leaf is in base64.
      format == .dicom
        ? line.replacing(Base64.encode(Array(wrong.0.utf8)), with: Base64.encode(Array(wrong.1.utf8)))
        : line.replacing(wrong.0, with: wrong.1)
    }
    #expect(try compare(changed, with: log).different == 4)
  }

  @Test(arguments: ExportFormat.allCases)
  func `names what was changed beside its leaf`(_ format: ExportFormat) async throws {
    let log = try TemporaryLog()
    try await log.fill(6)
    var lines = try lines(of: log, in: format)
    let place = (format == .fhirBundle ? 1 : 0) + 3
    let changed = lines[place].replacing("ward-7", with: "ward-8")
    #expect(changed != lines[place])
    lines[place] = changed
    let verdict = try compare(lines, with: log)
    #expect(verdict.different == 3)
    #expect(verdict.missing == [])
    #expect(!verdict.isWhole)
  }

  @Test(arguments: ExportFormat.allCases)
  func `names what was cut off at either end`(_ format: ExportFormat) async throws {
    let log = try TemporaryLog()
    try await log.fill(12)
    let all = try lines(of: log, in: format)
    let records = format == .fhirBundle ? Array(all[1..<13]) : all
    #expect(try compare(Array(records[3..<6]), with: log).missing == [0...2, 6...11])
    #expect(try alone(Array(records[3..<6]), log).missing == [0...2, 6...11])
    #expect(try compare([], with: log).missing == [0...11])
    #expect(try compare([], with: log).records == 0)
    #expect(try !alone([], log).isWhole)
    var selection = ExportSelection()
    (selection.first, selection.last) = (3, 5)
    #expect(try compare(Array(records[3..<6]), with: log, selection).isWhole)
    #expect(try alone(Array(records[3..<6]), log, selection).isWhole)
    (selection.first, selection.last) = (20, nil)
    #expect(try compare([], with: log, selection).isWhole, "nothing was selected")
  }

  @Test func `takes JSON that was written again in between`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    let bundle = try JSONValue(parsing: Array(lines(of: log, in: .fhirBundle).joined(separator: "\n").utf8))
    #expect(try compare([String(decoding: bundle.bytes, as: UTF8.self)], with: log).isWhole)
    let spaced = try lines(of: log, in: .ocsf).map { $0.replacing(#"":""#, with: #"" : ""#) }
    #expect(try compare(spaced, with: log).isWhole)
  }

  @Test func `reads an index that no log reaches, and takes it for none`() async throws {
    let log = try TemporaryLog()
    try await log.fill(2)
    let lines = try lines(of: log, in: .cef).map { $0.replacing("cn1=1 ", with: "cn1=\(UInt64.max) ") }
    let verdict = try alone(lines.map { $0.replacing("cn2=2 ", with: "cn2=\(UInt64.max) ") }, log)
    #expect(verdict.unreadable == 2)
    #expect(try compare(lines, with: log).unreadable == 2)
  }

  @Test func `accepts what came twice and out of order`() async throws {
    let log = try TemporaryLog()
    try await log.fill(6)
    let lines = try lines(of: log, in: .cef)
    let verdict = try compare(lines.reversed() + lines.prefix(2), with: log)
    #expect(verdict.isWhole)
    #expect(verdict.repeated == 2)
  }

  @Test func `expects of a selection only what was selected`() async throws {
    let log = try TemporaryLog()
    try await log.fill(12)
    var selection = ExportSelection()
    selection.events = [.requestClosed]
    var lines = try lines(of: log, in: .ocsf, selection)
    #expect(try compare(lines, with: log, selection).isWhole)
    #expect(try compare(lines, with: log).missing.count == 6)
    lines.remove(at: 2)
    #expect(try compare(lines, with: log, selection).missing == [5...5])
  }

  @Test func `reads messages framed by octet counting`() async throws {
    let log = try TemporaryLog()
    try await log.fill(3)
    let framed = try lines(of: log, in: .dicom).map { "\($0.utf8.count) \($0)" }
    #expect(try compare(framed, with: log).isWhole)
  }

  @Test(arguments: ["x", "{}", "<a/>", "CEF:0|a", "<85>1 - - - - - - x", #"{"unmapped":{"log_index":"1"}}"#])
  func `names a line that is no record`(_ line: String) async throws {
    let log = try TemporaryLog()
    try await log.fill(2)
    let verdict = try compare(lines(of: log, in: .cef) + ["", line], with: log)
    #expect(verdict.unreadable == 4)
  }

  @Test func `names the line of another log`() throws {
    var check = ExportCheck(origin: "elsewhere")
    var output: [UInt8] = []
    try Exporter(.cef, version: "1").write(SampleRecords.all()[0], isFirst: true, into: &output)
    check.take(output.dropLast())
    #expect(check.alone().otherLog == 1)
  }

  private func leaf(_ number: Int) throws -> String {
    MerkleTree.leaf(TemporaryLog.entry(number).json.span).description
  }

  private func lines(
    of log: borrowing TemporaryLog, in format: ExportFormat, _ selection: ExportSelection = ExportSelection()
  ) throws -> [String] {
    let exporter = Exporter(format, version: "0.1.0")
    var output = exporter.opening
    var reader = try ExportReader(data: log.data, key: Custody.verifier(data: log.data), selection: selection)
    var isFirst = true
    while let entry = try reader.next() {
      try exporter.write(AuditRecord(entry.json, at: entry.place), isFirst: isFirst, into: &output)
      isFirst = false
    }
    output += exporter.closing(isEmpty: isFirst)
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func check(_ lines: [String], _ log: borrowing TemporaryLog) throws -> ExportCheck {
    var check = ExportCheck(origin: try Custody.verifier(data: log.data).name)
    for line in lines { check.take(Array(line.utf8)) }
    return check
  }

  private func alone(
    _ lines: [String], _ log: borrowing TemporaryLog, _ selection: ExportSelection = ExportSelection()
  ) throws -> ExportCheck.Verdict {
    try check(lines, log).alone(selection)
  }

  private func compare(
    _ lines: [String], with log: borrowing TemporaryLog, _ selection: ExportSelection = ExportSelection()
  ) throws -> ExportCheck.Verdict {
    try check(lines, log).compared(
      withLogOf: log.data, key: Custody.verifier(data: log.data), selection: selection)
  }
}
