import Foundation
import Ledger
import Testing

struct ExportSnapshotTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")

  @Test(arguments: ExportFormat.allCases) func `writes the sample entries as recorded`(_ format: ExportFormat) throws {
    let written = try text(of: SampleRecords.all(), in: format)
    try expectRecorded(written, as: "\(format.rawValue).txt")
  }

  /// The readers of the Python tests say what these files hold: a record for each hostile name, in every place that
  /// holds a name.
  @Test(arguments: ExportFormat.allCases) func `writes hostile names as recorded`(_ format: ExportFormat) throws {
    var records: [AuditRecord] = []
    for (index, name) in SampleRecords.hostile.enumerated() {
      var record = try SampleRecords.record(SampleRecords.entries[1], at: UInt64(index), of: 100)
      record.request = name
      record.caller = name
      record.user = name
      record.client = name
      record.server = name
      record.vendor = name
      record.purpose = name
      record.rule = name
      record.object = name
      record.details = [AuditRecord.Detail(name: "profile", value: name)]
      records.append(record)
    }
    try expectRecorded(text(of: records, in: format), as: "hostile-\(format.rawValue).txt")
  }

  @Test(arguments: ExportFormat.allCases) func `writes nothing but its brackets for no entries`(
    _ format: ExportFormat
  ) throws {
    let empty = try text(of: [], in: format)
    #expect(empty == (format == .fhirBundle ? "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[]}\n" : ""))
  }

  private func text(of records: [AuditRecord], in format: ExportFormat) throws -> String {
    let exporter = Exporter(format, version: "0.1.0")
    var output = exporter.opening
    for (index, record) in records.enumerated() { exporter.write(record, isFirst: index == 0, into: &output) }
    output += exporter.closing(isEmpty: records.isEmpty)
    return try #require(String(validating: output, as: UTF8.self))
  }

  private func expectRecorded(_ text: String, as name: String) throws {
    let file = ExportSnapshotTests.folder.appending(path: name)
    if ProcessInfo.processInfo.environment["CORDON_RECORD_SNAPSHOTS"] != nil { try Data(text.utf8).write(to: file) }
    #expect(try text == String(decoding: Data(contentsOf: file), as: UTF8.self))
  }
}
