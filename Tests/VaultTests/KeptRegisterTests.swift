import Bytes
import Ciphers
import Foundation
import GRDB
import StorageTestKit
import TestKit
import Testing
import Vault

/// What somebody gains, or breaks, who changes the file of kept maps beside Cordon.
struct KeptRegisterTests {
  private let bench: TestVault
  private let map = Array(#"{"tokens":[["NAME",1,0,"Ottoline Brackenridge",0]]}"#.utf8)
  private let first = KeptObject(.response, "resp_1", at: "acme")
  private let second = KeptObject(.response, "resp_2", at: "acme")
  private let lee = KeptHolder(caller: "dr-lee", useCase: "summarize")
  private let bounds = KeptBounds(maps: 100, bytes: 1 << 20)
  private let altered = VaultError(.altered(.kept))

  init() throws { bench = try TestVault() }

  private var path: String { "\(bench.folder.path)/vault/kept.sqlite" }

  private func change(_ sql: String) throws { try DatabaseQueue(path: path).write { try $0.execute(sql: sql) } }

  /// Keeps the file aside as it is.
  private func copy(of path: String? = nil) throws -> String {
    let aside = "\(bench.folder.path)/aside.sqlite"
    let queue = try DatabaseQueue(path: path ?? self.path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [aside]) }
    return aside
  }

  /// Puts all rows of a file that was kept aside back, under whoever has the file open.
  private func putBack(_ aside: String, _ only: [String]? = nil, to path: String? = nil) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    try DatabaseQueue(path: path ?? self.path, configuration: configuration).writeWithoutTransaction { database in
      try database.execute(sql: "ATTACH ? AS aside", arguments: [aside])
      let tables = try String.fetchAll(database, sql: "SELECT name FROM aside.sqlite_schema WHERE type = 'table'")
      for table in only ?? tables where !table.hasPrefix("sqlite") && table != "migration" {
        try database.execute(sql: "DELETE FROM \(table); INSERT INTO \(table) SELECT * FROM aside.\(table)")
      }
    }
  }

  private func keep(
    _ maps: KeptMaps, _ objects: KeptObject..., holder: KeptHolder? = nil
  ) async throws -> [KeptRecord] {
    try await maps.keep(
      objects.map { ($0, map) }, for: holder ?? lee, until: bench.clock().adding(days: 1), within: bounds)
  }

  private func again() throws -> KeptMaps {
    try KeptMaps(Vault.open(data: bench.folder.path, provider: bench.provider(), for: .use, clock: bench.clock))
  }

  @Test func `a file from before a command deleted something opens nothing, also in the gateway that runs`()
    async throws
  {
    let (vault, administration) = try await bench.create()
    let maps = try KeptMaps(vault)
    let records = try await keep(maps, first, second)
    #expect(try await maps.open(first, for: lee) != nil)
    let older = try copy()
    #expect(try await KeptMaps(administration).dispose(of: [records[0]]) == [])
    #expect(try await maps.open(first, for: lee) == nil)
    try putBack(older)
    for maps in [maps, try again()] {
      for object in [first, second] { #expect(await failure { _ = try await maps.open(object, for: lee) } == altered) }
      #expect(await failure { _ = try await keep(maps, KeptObject(.response, "resp_3", at: "acme")) } == altered)
    }
    let repair = try await KeptMaps(administration).repair()
    #expect(repair.taken.count == 2 && repair.held.isEmpty && repair.missing.isEmpty)
    try await maps.prove()
    _ = try await keep(maps, first)
    #expect(try await again().open(first, for: lee) != nil)
  }

  @Test func `a row that was deleted and is back opens for nobody, and the others do`() async throws {
    let (vault, administration) = try await bench.create()
    let maps = try KeptMaps(vault)
    let records = try await keep(maps, first, second)
    let older = try copy()
    #expect(try await maps.delete(records[0].code))
    try await maps.prove()
    try putBack(older, ["kept"])
    #expect(await failure { _ = try await maps.open(first, for: lee) } == altered)
    #expect(try await maps.open(second, for: lee) != nil)
    #expect(await failure { try await maps.prove() } == altered)
    #expect(try await KeptMaps(administration).repair().taken == [records[0].code.description])
    try await maps.prove()
    #expect(try await maps.open(first, for: lee) == nil)
    #expect(try await maps.open(second, for: lee) != nil)
  }

  /// Each changes the first of two rows, or takes it away.
  @Test(arguments: [
    "UPDATE kept SET expires = expires + 1 WHERE code = x'CODE'", "UPDATE kept SET name = x'' WHERE code = x'CODE'",
    "UPDATE kept SET kind = 'nothing' WHERE code = x'CODE'", "UPDATE kept SET code = x'00' WHERE code = x'CODE'",
    "DELETE FROM kept WHERE code = x'CODE'",
    "INSERT INTO owed (code, row) SELECT code, x'00' FROM kept; DELETE FROM kept WHERE code = x'CODE'",
  ])
  func `one row that somebody changed or took away is said, stops no other, and is taken out on record`(
    _ what: String
  ) async throws {
    let (vault, administration) = try await bench.create()
    let maps = try KeptMaps(vault)
    let record = try await keep(maps, first, second)[0]
    try change(what.replacingOccurrences(of: "CODE", with: record.code.description))
    #expect(await failure { _ = try await maps.open(first, for: lee) } == altered)
    #expect(try await maps.open(second, for: lee) != nil)
    _ = try await keep(maps, KeptObject(.response, "resp_3", at: "acme"))
    for maps in [maps, try again()] { #expect(await failure { try await maps.prove() } == altered) }
    try await bench.record(administration)
    let repair = try await KeptMaps(administration).repair()
    #expect(repair.taken.count + repair.missing.count >= 1 && repair.held.isEmpty)
    let told = try await bench.record(administration).filter { $0.name == .mapDeleted }
    #expect(told.count == 2 * (repair.taken.count + repair.missing.count) && told.first?.phase == .intent)
    #expect(told.allSatisfy { $0.object?.hasPrefix("altered:") ?? false || $0.object?.hasPrefix("missing:") ?? false })
    try await maps.prove()
    #expect(try await maps.open(first, for: lee) == nil)
    #expect(try await maps.open(second, for: lee) != nil)
    #expect(try await KeptMaps(administration).repair() == KeptRepair(taken: [], missing: [], held: []))
  }

  @Test(arguments: [
    "UPDATE node SET bytes = x''", "UPDATE node SET bytes = x'00'", "DELETE FROM node",
    "UPDATE root SET hash = zeroblob(16)", "UPDATE root SET hash = zeroblob(16); DELETE FROM node", "DELETE FROM root",
    "UPDATE root SET generation = generation + 9",
  ])
  func `nothing opens of which the file does not say that it has it, and a repair begins anew`(_ what: String)
    async throws
  {
    let (vault, administration) = try await bench.create()
    let maps = try KeptMaps(vault)
    _ = try await keep(maps, first, second)
    try change(what)
    for object in [first, second] { #expect(await failure { _ = try await maps.open(object, for: lee) } == altered) }
    #expect(try await KeptMaps(administration).repair().taken.count == 2)
    try await maps.prove()
    _ = try await keep(maps, first)
    #expect(try await maps.open(first, for: lee) != nil)
  }

  @Test func `a repair takes out nothing that a legal hold may keep`() async throws {
    let (vault, administration) = try await bench.create()
    let maps = try KeptMaps(vault)
    let holder = KeptHolder(caller: "dr-lee", useCase: "summarize", patient: .ada)
    let record = try await keep(maps, first, holder: holder)[0]
    _ = try await keep(maps, second)
    let tag = try await vault.tag(of: .ada)
    let hold = try await bench.agreed(administration, .placeHold, tag.description).id
    _ = try await administration.placeHold(try await administration.approval(of: hold))
    try change("UPDATE kept SET patient = NULL WHERE code = x'\(record.code)'")
    let commands = try KeptMaps(administration)
    let repair = try await commands.repair()
    #expect(repair.taken.isEmpty && repair.held == [record.code.description])
    // Of one that is whole in itself it is known whom it is about.
    try change("DELETE FROM root")
    #expect(try await commands.repair().taken.count == 1)
    #expect(try commands.records().map(\.code) == [record.code])
    _ = try await administration.releaseHold(try await bench.agreed(administration, .releaseHold, hold))
    #expect(try await commands.repair().taken == [record.code.description])
    try await maps.prove()
  }

  /// Each says to the program that nothing keeps a map any more.
  @Test(arguments: ["DELETE FROM hold", "UPDATE hold SET released = 1", "DELETE FROM subject_key; DELETE FROM subject"])
  func `deletes no map because somebody took a hold, or whom it is on, out of the vault`(_ what: String) async throws {
    let (vault, administration) = try await bench.create()
    let maps = try KeptMaps(vault)
    let holder = KeptHolder(caller: "dr-lee", useCase: "summarize", patient: .ada)
    let record = try await keep(maps, first, holder: holder)[0]
    let tag = try await vault.tag(of: .ada)
    _ = try await administration.placeHold(try await bench.agreed(administration, .placeHold, tag.description))
    bench.pass(days: 2)
    try SubjectRows(bench.folder.path).unchecked(what)
    #expect(try await maps.over() == KeptOver([], isAltered: true))
    #expect(try await KeptMaps(administration).dispose(of: [record]) == [record])
    #expect(try maps.records() == [record])
  }

  @Test func `a file from before its rows were listed is taken in whole`() async throws {
    let vault = try await bench.create().use
    let vaultFile = "\(bench.folder.path)/vault/vault.sqlite"
    let before = try copy(of: vaultFile)
    let objects = (0..<40).map { KeptObject(.response, "resp_\($0)", at: "acme") }
    var records: [KeptRecord] = []
    for object in objects { records += try await keep(try KeptMaps(vault), object) }
    // Neither the file nor the vault knows of any list.
    try change("DELETE FROM root; DELETE FROM node")
    try putBack(before, to: vaultFile)
    let maps = try again()
    for object in objects { #expect(try await maps.open(object, for: lee) != nil) }
    try await maps.prove()
    #expect(try await maps.delete(records[0].code))
    try change("DELETE FROM kept WHERE code = x'\(records[1].code)'")
    #expect(try await maps.faults().missing == [records[1].code])
  }

  @Test func `a file that was taken away, or emptied, begins anew on record and not by itself`() async throws {
    let (vault, administration) = try await bench.create()
    #expect(try !KeptMaps.exists(vault))
    _ = try await keep(try KeptMaps(vault), first)
    for name in ["kept.sqlite", "kept.sqlite-wal", "kept.sqlite-shm"] {
      try? FileManager.default.removeItem(atPath: "\(bench.folder.path)/vault/\(name)")
    }
    #expect(try KeptMaps.exists(vault))
    for isEmptied in [false, true] {
      let again = try again()
      if isEmptied { try change("DELETE FROM kept; DELETE FROM node; DELETE FROM root") }
      #expect(await failure { _ = try await keep(again, first) } == altered)
      #expect(await failure { _ = try await again.open(first, for: lee) } == altered)
      #expect(await failure { try await again.settle() } == altered)
      try await bench.record(administration)
      #expect(try await KeptMaps(administration).repair() == KeptRepair(taken: [], missing: [], held: []))
      let told = try await bench.record(administration).filter { $0.name == .mapDeleted }
      #expect(told.map(\.object) == ["altered:register", "altered:register"])
      #expect(told.map(\.phase) == [.intent, .done])
      _ = try await keep(again, first)
      #expect(try await again.open(first, for: lee) != nil)
      try await again.prove()
    }
  }

  @Test(arguments: [false, true])
  func `a copy that went another way opens nothing after a deletion, nor after the file was settled`(
    deletes: Bool
  ) async throws {
    let (vault, administration) = try await bench.create()
    let maps = try KeptMaps(vault)
    let record = try await keep(maps, first)[0]
    let short = try copy()
    for number in 2..<20 { _ = try await keep(maps, KeptObject(.response, "resp_\(number)", at: "acme")) }
    let long = "\(bench.folder.path)/long.sqlite"
    try FileManager.default.moveItem(atPath: short, toPath: "\(short).short")
    try FileManager.default.moveItem(atPath: try copy(), toPath: long)
    try putBack("\(short).short")
    #expect(try await maps.open(first, for: lee) != nil)
    if deletes { #expect(try await maps.delete(record.code)) } else { try await maps.settle() }
    try putBack(long)
    for maps in [maps, try again()] { #expect(await failure { _ = try await maps.open(first, for: lee) } == altered) }
    #expect(await failure { try await maps.prove() } == altered)
    #expect(try await KeptMaps(administration).repair().taken.count == 19)
    try await maps.prove()
  }

  @Test func `an index that leaves rows out keeps nothing from its end, and is found`() async throws {
    let vault = try await bench.create().use
    let maps = try KeptMaps(vault)
    let record = try await keep(maps, first)[0]
    bench.pass(days: 2)
    try exchangePages(of: "kept_by_expiry", with: "INDEX x ON kept (expires) WHERE expires <= 0", in: path)
    #expect(try await maps.over() == KeptOver([record]))
    #expect(await failure { try await vault.proveKept() } == altered)
    #expect(await failure { _ = try again() } == altered)
  }

  @Test func `what is over goes while the vault is locked`() async throws {
    let vault = try await bench.create().use
    let maps = try KeptMaps(vault)
    let record = try await keep(maps, first)[0]
    bench.pass(days: 2)
    try Vault.lock(data: bench.folder.path)
    #expect(try await maps.over() == KeptOver([record]))
    #expect(try await maps.delete(record.code))
    #expect(await failure { _ = try await keep(maps, second) } == VaultError(.locked))
  }
}
