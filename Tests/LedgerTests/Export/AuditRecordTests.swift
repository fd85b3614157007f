import Bytes
import Ciphers
import Ledger
import TestKit
import Testing

struct AuditRecordTests {
  @Test func `loses no member of an entry`() throws {
    let record = try SampleRecords.record(SampleRecords.entries[1])
    let details = record.details.map { "\($0.name)=\($0.value)" }
    #expect(record.subjects == [SampleRecords.digest(1), SampleRecords.digest(5)].map(\.description))
    #expect(record.purpose == "TREAT")
    #expect(
      details == [
        "parts.0.subject=\(SampleRecords.digest(1))", "parts.0.digest=\(SampleRecords.digest(2))",
        "parts.0.commitment=\(SampleRecords.digest(3))", "parts.0.length=61",
        "parts.1.subject=\(SampleRecords.digest(5))", "parts.1.digest=\(SampleRecords.digest(6))",
        "parts.1.commitment=\(SampleRecords.digest(7))", "parts.1.length=61", "use_case=discharge-summary",
        "agreement=baa-2026", "model=gpt-4o", "profile=safe-harbor", "policy=hospital", "identifiers.NAME=10",
        "identifiers.DATE=2", "known_identifiers=3", "microseconds.detection=310", "microseconds.deidentification=42",
      ])
  }

  @Test func `reads an entry of the first version, and members it does not know`() throws {
    let json = Array(
      #"{"v":1,"event":"request.opened","time":"2026-11-21T03:10:04.123Z","caller":"a","new":[true,{"x":null}]}"#.utf8)
    let record = try AuditRecord(
      json, at: LogPlace(origin: "o", index: 0, leaf: MerkleTree.leaf(json.span), checkpointSize: 1))
    #expect(record.caller == "a")
    #expect(record.details.map { "\($0.name)=\($0.value)" } == ["new.0=true", "new.1.x=null"])
  }

  @Test(arguments: ["", "{}", "[1]", #"{"event":"request.opened"}"#, #"{"event":"x","time":"2026-11-21"}"#])
  func `refuses what is no entry`(_ text: String) throws {
    #expect(throws: LedgerError(.damaged(Fault(.malformedEntry, at: 7)))) {
      try AuditRecord(
        Array(text.utf8),
        at: LogPlace(origin: "o", index: 7, leaf: MerkleTree.emptyRoot, checkpointSize: 8))
    }
  }

  @Test(arguments: Event.allCases) func `names one requestor and a result for every event`(_ event: Event) throws {
    let record = try SampleRecords.record(Entry(event, at: SampleRecords.time(0)))
    var output: [UInt8] = []
    Exporter(.fhir, version: "1").write(record, isFirst: true, into: &output)
    let resource = try JSONValue(parsing: output.dropLast())
    let agents = try #require(resource["agent"]?.array)
    #expect(agents.filter { $0["requestor"] == true }.count == 1)
    #expect(["0", "4", "8", "12"].contains(resource["outcome"]?.string))
    #expect(resource["subtype"]?.array?.last?["code"]?.string == event.rawValue)
  }

  /// Random texts in the places of names: each format gives back the place, and JSON the very text.
  @Test(arguments: ExportFormat.allCases) func `escapes any text`(_ format: ExportFormat) throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let exporter = Exporter(format, version: "0.1.0")
    for round in 0..<200 {
      let name = AuditRecordTests.text(&generator)
      var record = try SampleRecords.record(SampleRecords.entries[round % SampleRecords.entries.count])
      record.caller = name
      record.server = name
      record.object = name
      record.rule = name
      record.details.append(AuditRecord.Detail(name: "extra", value: name))
      var output: [UInt8] = []
      exporter.write(record, isFirst: true, into: &output)
      let lines = output.split(separator: 0x0A)
      try #require(lines.count == 1)
      guard case .records(let found) = ExportedLine(Array(lines[0])) else {
        Issue.record("it cannot be read")
        return
      }
      #expect(found.map(\.place) == [record.place])
      #expect(found.allSatisfy { $0.isText(of: record) })
      if format == .fhir {
        let resource = try JSONValue(parsing: Array(lines[0]))
        #expect(resource["source"]?["observer"]?["identifier"]?["value"]?.string == name)
      }
    }
  }

  private static func text(_ generator: inout SeededGenerator) -> String {
    let pieces = SampleRecords.hostile + ["a", " ", "=", "|", "\"", "\\", "]", "\n", "<", "cs2=", "log_leaf", "&#10;"]
    return (0..<Int.random(in: 1...6, using: &generator))
      .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }.joined()
  }
}
