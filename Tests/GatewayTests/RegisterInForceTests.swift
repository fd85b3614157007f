import Bytes
import Foundation
import GRDB
import Gateway
import Ledger
import Logging
import TestKit
import Testing
import Vault

/// What the register of consents is worth while nobody can tell whether it is what it was.
struct RegisterInForceTests {
  private static let patient = "Patient/4711"
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private static func restriction() throws -> ConsentRegister {
    let form: JSONValue = ["patient": .string(patient), "record": "restriction", "to": ["*"]]
    var register = ConsentRegister()
    register.add([try ConsentForm(form, id: "r1", at: 0).record], of: nil, at: 0)
    return register
  }

  /// The rule by which a request about the patient is refused.
  private func refused(_ bench: TestBench) async throws -> String? {
    let answer = try await bench.ask("hello", useCase: "summarize", patient: Self.patient)
    if answer.status == 200 { return nil }
    return answer.message.firstMatch(of: #/rule `([a-z_]+)`/#).map { String($0.1) } ?? answer.message
  }

  private func hasAlerted(_ bench: TestBench) async throws -> Bool {
    try await bench.gateway.raiseAlerts(logger)
    return bench.metrics.contains(#"cordon_alerts_total{rule="altered_record"} 1"#)
  }

  /// Changes the last entry that was recorded.
  private func damageLog(_ bench: TestBench) async throws {
    _ = try await bench.ledger.standing(covering: bench.ledger.size)
    let folder = "\(bench.data)/log/segments"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    let path = "\(folder)/\(try #require(names.last))"
    let bytes = try #require(FileManager.default.contents(atPath: path))
    let place = try #require(bytes.range(of: Data("request.closed".utf8), options: .backwards)).lowerBound
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    try file.seek(toOffset: UInt64(place))
    try file.write(contentsOf: Data("X".utf8))
    try file.close()
  }

  @Test(arguments: [true, false])
  func `a comparison that fails leaves that of the day before not in force where anybody keeps a register`(
    _ hasOfficer: Bool
  ) async throws {
    let bench = try await TestBench(ScriptedVendor.echo(), hasOfficer: hasOfficer)
    for _ in 1...2 { #expect(try await refused(bench) == nil) }
    try await damageLog(bench)
    #expect(try await refused(bench) == nil)
    try bench.turnClock(to: "2026-06-02")
    await bench.gateway.compareRegister(logger)
    #expect(try await refused(bench) == (hasOfficer ? "register_behind" : nil))
    #expect(try await hasAlerted(bench))
  }

  private static let tables = ["subject", "consent"]

  /// What the tables have of those of whom the register has something.
  private static func rows(_ bench: TestBench) throws -> [[Row]] {
    try DatabaseQueue(path: "\(bench.data)/vault/vault.sqlite").read { database in
      try tables.map { try Row.fetchAll(database, sql: "SELECT * FROM \($0) WHERE id IN (SELECT id FROM consent)") }
    }
  }

  private static func putBack(_ rows: [[Row]], _ besides: String?, _ bench: TestBench) throws {
    try DatabaseQueue(path: "\(bench.data)/vault/vault.sqlite").write { database in
      for (table, rows) in zip(tables, rows) {
        for row in rows {
          let columns = row.columnNames.map { "\($0) = ?" }.joined(separator: ", ")
          try database.execute(
            sql: "UPDATE \(table) SET \(columns) WHERE id = \(row["id"] as Int64)",
            arguments: StatementArguments(row.databaseValues))
        }
      }
      if let besides { try database.execute(sql: besides) }
    }
  }

  /// What somebody does besides who puts back the rows of a patient as they once were.
  @Test(arguments: [nil, "INSERT INTO hold (proposal, tag, placed) VALUES ('made up', x'00', 1)"])
  func `rows that were put back authorize nothing, whatever else was changed`(_ besides: String?) async throws {
    let bench = try await TestBench(ScriptedVendor.echo(), hasOfficer: true)
    try await bench.register(ConsentRegister(), of: Self.patient)
    let rows = try Self.rows(bench)
    try await bench.register(try Self.restriction(), of: Self.patient)
    #expect(try await refused(bench) == "restricted_by_patient")
    await bench.gateway.proveWhatIsKept(logger)
    #expect(try await refused(bench) == "restricted_by_patient")
    try Self.putBack(rows, besides, bench)
    #expect(try await refused(bench) == nil)
    try bench.turnClock(to: "2026-06-02")
    await bench.gateway.proveWhatIsKept(logger)
    #expect(try await refused(bench) == "register_behind")
    #expect(try await hasAlerted(bench))
  }
}
