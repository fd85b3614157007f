import Bytes
import Ciphers
import Foundation
import GRDB
import TestKit
import Testing
import Vault

struct KeptMapsTests {
  private let bench: TestVault
  private let map = Array(#"{"tokens":[["NAME",1,0,"Ottoline Brackenridge",0]]}"#.utf8)
  private let response = KeptObject(.response, "resp_68f1c0ffee", at: "acme")
  private let lee = KeptHolder(caller: "dr-lee", useCase: "summarize")
  private let bounds = KeptBounds(maps: 100, bytes: 1 << 20)

  init() throws { bench = try TestVault() }

  private func until(_ seconds: Int64) -> Moment { Moment(milliseconds: bench.clock().milliseconds + seconds * 1_000) }

  private func files() throws -> [(name: String, bytes: Data)] {
    let folder = "\(bench.folder.path)/vault"
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap { name in
      FileManager.default.contents(atPath: "\(folder)/\(name)").map { (name, $0) }
    }
  }

  private func change(_ sql: String) throws {
    try DatabaseQueue(path: "\(bench.folder.path)/vault/kept.sqlite").write { try $0.execute(sql: sql) }
  }

  private func storedMap() throws -> Data? {
    try DatabaseQueue(path: "\(bench.folder.path)/vault/kept.sqlite").read {
      try Data.fetchOne($0, sql: "SELECT map FROM kept")
    }
  }

  @Test func `gives back to its holder what was kept, also after a restart`() async throws {
    let vault = try await bench.create().use
    let record = try await KeptMaps(vault).keep(map, of: response, for: lee, until: until(60), within: bounds)
    #expect(record.expires == until(60) && record.created == bench.clock() && record.subjects.isEmpty)
    let again = try Vault.open(data: bench.folder.path, provider: bench.provider(), for: .use, clock: bench.clock)
    let maps = try KeptMaps(again)
    let opened = try #require(try await maps.open(response, for: lee))
    #expect(opened.map == map && opened.record == record)
    #expect(try maps.records() == [record])
  }

  @Test func `gives everybody else what an id that never was gives`() async throws {
    let vault = try await bench.create().use
    let maps = try KeptMaps(vault)
    let mine = KeptHolder(
      caller: "dr-lee", useCase: "summarize", patient: .ada, user: SubjectReference(.workforce, "lee"))
    try await maps.keep(map, of: response, for: mine, until: until(60), within: bounds)
    try await maps.keep(
      map, of: KeptObject(.response, "resp_2", at: "acme"),
      for: KeptHolder(caller: "dr-lee", useCase: "summarize", user: SubjectReference(.workforce, "kim")),
      until: until(60), within: bounds)
    #expect(try await maps.open(response, for: mine)?.map == map)
    let others = [
      lee, KeptHolder(caller: "dr-kim", useCase: "summarize", patient: .ada, user: mine.user),
      KeptHolder(caller: "dr-lee", useCase: "research", patient: .ada, user: mine.user),
      KeptHolder(caller: "dr-lee", useCase: "summarize", patient: .ada),
      KeptHolder(caller: "dr-lee", useCase: "summarize", user: mine.user),
      KeptHolder(
        caller: "dr-lee", useCase: "summarize", patient: .ada, user: SubjectReference(.workforce, "kim")),
      KeptHolder(
        caller: "dr-lee", useCase: "summarize", patient: SubjectReference(.patient, "nobody"), user: mine.user),
    ]
    for other in others { #expect(try await maps.open(response, for: other) == nil) }
    for object in [
      KeptObject(.response, "resp_68f1c0ffe", at: "acme"), KeptObject(.file, response.id, at: "acme"),
      KeptObject(.response, response.id, at: "other"),
    ] {
      #expect(try await maps.open(object, for: mine) == nil)
    }
  }

  @Test func `is of another vault nothing`() async throws {
    let vault = try await bench.create().use
    try await KeptMaps(vault).keep(map, of: response, for: lee, until: until(60), within: bounds)
    let other = try TestVault()
    let second = try await other.create().use
    try FileManager.default.copyItem(
      atPath: "\(bench.folder.path)/vault/kept.sqlite", toPath: "\(other.folder.path)/vault/kept.sqlite")
    #expect(await failure { _ = try await KeptMaps(second).open(response, for: lee) } == VaultError(.altered(.kept)))
  }

  @Test func `a row that says nothing does not keep the others from their end`() async throws {
    let vault = try await bench.create().use
    let maps = try KeptMaps(vault)
    let record = try await maps.keep(map, of: response, for: lee, until: until(60), within: bounds)
    try await maps.keep(
      map, of: KeptObject(.response, "resp_2", at: "acme"), for: lee, until: until(60), within: bounds)
    try change("UPDATE kept SET kind = 'nothing' WHERE code <> x'\(record.code)'")
    bench.pass(milliseconds: 60_000)
    #expect(try await maps.faults().altered.count == 1)
    #expect(try await maps.over() == KeptOver([record]))
    #expect(try await maps.delete(record.code))
  }

  @Test func `ends with its time, and leaves nothing in the file when it is purged`() async throws {
    let vault = try await bench.create().use
    let maps = try KeptMaps(vault)
    let record = try await maps.keep(map, of: response, for: lee, until: until(60), within: bounds)
    let sealed = try #require(try storedMap())
    bench.pass(milliseconds: 59_999)
    #expect(try await maps.open(response, for: lee) != nil)
    #expect(try await maps.over() == KeptOver([]))
    bench.pass(milliseconds: 1)
    #expect(try await maps.open(response, for: lee) == nil)
    #expect(try await maps.over() == KeptOver([record]))
    #expect(try await maps.delete(record.code))
    #expect(try await !maps.delete(record.code))
    #expect(maps.flush())
    #expect(try maps.records() == [])
    for file in try files() { #expect(file.bytes.range(of: sealed.suffix(48)) == nil, "\(file.name)") }
  }

  @Test func `opens nothing that a clock which went back says is of the future`() async throws {
    let vault = try await bench.create().use
    let maps = try KeptMaps(vault)
    try await maps.keep(map, of: response, for: lee, until: until(600), within: bounds)
    bench.pass(milliseconds: -200_000)
    #expect(try await maps.open(response, for: lee) != nil)
    bench.pass(milliseconds: -200_000)
    #expect(try await maps.open(response, for: lee) == nil)
  }

  @Test func `writes neither ids nor values nor people in the clear`() async throws {
    let vault = try await bench.create().use
    let holder = KeptHolder(caller: "dr-lee", useCase: "summarize", patient: .ada)
    try await KeptMaps(vault).keep(map, of: response, for: holder, until: until(60), within: bounds)
    for file in try files() {
      for word in ["resp_68f1c0ffee", "68f1c0ffee", "Ottoline", "Brackenridge", "48151623"] {
        #expect(file.bytes.range(of: Data(word.utf8)) == nil, "\(file.name)")
      }
    }
    #expect("\(response) \(holder) \([response]) \([holder])".contains("dr-lee"))
    #expect(!"\(response) \([response])".contains("68f1"))
    var dumped = ""
    dump((response, holder), to: &dumped)
    #expect(!dumped.contains("68f1") && !dumped.contains("48151623"))
  }

  @Test(arguments: [
    "caller = 'dr-kim'", "use_case = 'research'", "vendor = 'other'", "kind = 'file'", "created = created - 1",
    "expires = expires + 86400000", "patient = NULL", "patient = zeroblob(32)", "user = zeroblob(32)",
    "key = zeroblob(length(key))", "map = zeroblob(length(map))", "map = x'01'", "key = x''",
  ])
  func `refuses a row that somebody changed`(_ what: String) async throws {
    let vault = try await bench.create().use
    let maps = try KeptMaps(vault)
    let holder = KeptHolder(caller: "dr-lee", useCase: "summarize", patient: .ada)
    try await maps.keep(map, of: response, for: holder, until: until(60), within: bounds)
    try change("UPDATE kept SET \(what)")
    #expect(await failure { _ = try await maps.open(response, for: holder) } == VaultError(.altered(.kept)))
  }

  @Test func `refuses the map of another conversation put in the place of one`() async throws {
    let vault = try await bench.create().use
    let maps = try KeptMaps(vault)
    let other = KeptObject(.response, "resp_other", at: "acme")
    try await maps.keep(map, of: response, for: lee, until: until(60), within: bounds)
    try await maps.keep(Array("{}".utf8), of: other, for: lee, until: until(60), within: bounds)
    try change(
      """
      CREATE TEMP TABLE both AS SELECT code, key, map FROM kept;
      UPDATE kept SET key = (SELECT key FROM both WHERE both.code <> kept.code),
        map = (SELECT map FROM both WHERE both.code <> kept.code);
      """)
    #expect(await failure { _ = try await maps.open(response, for: lee) } == VaultError(.altered(.kept)))
    #expect(await failure { _ = try await maps.open(other, for: lee) } == VaultError(.altered(.kept)))
  }

  @Test func `keeps no more maps and no more bytes of a caller than it may`() async throws {
    let vault = try await bench.create().use
    let maps = try KeptMaps(vault)
    func keep(_ id: String, _ bytes: Int, of caller: String = "dr-lee", _ bounds: KeptBounds) async -> VaultError? {
      await failure {
        try await maps.keep(
          [UInt8](repeating: 7, count: bytes), of: KeptObject(.response, id, at: "acme"),
          for: KeptHolder(caller: caller, useCase: "summarize"), until: until(60), within: bounds)
      }
    }
    let two = KeptBounds(maps: 2, bytes: 1 << 20)
    #expect(await keep("a", 10, two) == nil)
    #expect(await keep("b", 10, two) == nil)
    // Another conversation under the same id would have the first one's tokens stand for its values.
    #expect(await keep("b", 20, two) == VaultError(.keptAlready))
    #expect(await keep("c", 10, two) == VaultError(.tooMuchKept))
    #expect(await keep("c", 10, of: "dr-kim", two) == nil)
    #expect(try !maps.hasRoom(for: "dr-lee", bytes: 1, within: two))
    let few = KeptBounds(maps: 100, bytes: 1_000)
    #expect(await keep("d", 2_000, few) == VaultError(.tooMuchKept))
    #expect(await keep("d", 100, few) == nil)
    #expect(try maps.records().count == 4)
  }

  @Test func `lists by the vendors' ids what a holder has, the newest first`() async throws {
    let vault = try await bench.create().use
    let maps = try KeptMaps(vault)
    for id in ["file_1", "file_2", "file_3"] {
      bench.pass(milliseconds: 1_000)
      try await maps.keep(map, of: KeptObject(.file, id, at: "acme"), for: lee, until: until(60), within: bounds)
    }
    try await maps.keep(
      map, of: KeptObject(.file, "file_4", at: "acme"), for: KeptHolder(caller: "dr-kim", useCase: "summarize"),
      until: until(60), within: bounds)
    #expect(try await maps.objects(of: .file, for: lee).map(\.id) == ["file_3", "file_2", "file_1"])
    #expect(try await maps.objects(of: .response, for: lee).isEmpty)
    bench.pass(milliseconds: 58_500)
    #expect(try await maps.objects(of: .file, for: lee).map(\.id) == ["file_3", "file_2"])
  }

  @Test func `is unreadable when the key of somebody in it is destroyed`() async throws {
    var settings = Vault.Settings()
    settings.waitingDays = 1
    let (vault, administration) = try await bench.create(settings)
    let maps = try KeptMaps(vault)
    let holder = KeptHolder(
      caller: "dr-lee", useCase: "summarize", patient: .ada, user: SubjectReference(.workforce, "lee"))
    let days: Int64 = 366 * 30
    let record = try await maps.keep(
      map, of: response, for: holder, until: until(days * 86_400), within: bounds)
    let tag = try await vault.tag(of: .ada)
    #expect(record.subjects.first == tag && record.subjects.count == 2)
    bench.pass(days: days - 1)
    #expect(try await maps.open(response, for: holder) != nil)
    _ = try await administration.announceShred(
      try await bench.agreed(administration, .shred, tag.description))
    try await bench.record(administration)
    _ = try await administration.completeShred(tag)
    #expect(try await maps.open(response, for: holder) == nil)
    #expect(try await maps.over() == KeptOver([record]))
  }

  /// Each says to the program that it may delete what a hold keeps.
  @Test(arguments: ["patient = x'TAG'", "patient = NULL", "patient = NULL, user = NULL", "expires = 1"])
  func `deletes nothing because somebody changed whom a row is about, or until when`(_ what: String) async throws {
    let (vault, administration) = try await bench.create()
    let maps = try KeptMaps(vault)
    let holder = KeptHolder(
      caller: "dr-lee", useCase: "summarize", patient: .ada, user: SubjectReference(.workforce, "lee"))
    let gone = try await vault.withSubject(.bob, create: true) { key in Vault.subjectTag(key) }
    try await maps.keep(map, of: response, for: holder, until: until(60), within: bounds)
    let whole = try await maps.keep(
      map, of: KeptObject(.file, "file_1", at: "acme"), for: lee, until: until(1), within: bounds)
    _ = try await administration.placeHold(
      try await bench.agreed(administration, .placeHold, try await vault.tag(of: .ada).description))
    _ = try await administration.reapply(shreds: [gone])
    try change(
      "UPDATE kept SET \(what.replacingOccurrences(of: "TAG", with: gone.description)) WHERE kind = 'response'")
    bench.pass(milliseconds: 61_000)
    #expect(try await maps.over() == KeptOver([whole], isAltered: true))
    let commands = try KeptMaps(administration)
    let refused = await failure { _ = try await commands.dispose(of: maps.records().filter { $0 != whole }) }
    #expect(refused == VaultError(.altered(.kept)))
    #expect(try maps.records().count == 2)
  }

  @Test func `stays while a legal hold keeps it, and opens for nobody`() async throws {
    let (vault, administration) = try await bench.create()
    let maps = try KeptMaps(vault)
    let holder = KeptHolder(caller: "dr-lee", useCase: "summarize", patient: .ada)
    let record = try await maps.keep(map, of: response, for: holder, until: until(60), within: bounds)
    let tag = try await vault.tag(of: .ada)
    let hold = try await bench.agreed(administration, .placeHold, tag.description).id
    _ = try await administration.placeHold(try await administration.approval(of: hold))
    bench.pass(milliseconds: 61_000)
    #expect(try await maps.open(response, for: holder) == nil)
    #expect(try await maps.over() == KeptOver([]))
    let commands = try KeptMaps(administration)
    #expect(try await commands.dispose(of: [record]) == [record])
    _ = try await administration.releaseHold(try await bench.agreed(administration, .releaseHold, hold))
    #expect(try await maps.over() == KeptOver([record]))
    #expect(try await commands.dispose(of: [record]) == [])
    #expect(try maps.records() == [])
    let told = try await bench.record(administration).filter { $0.name == .mapDeleted }
    #expect(told.map(\.phase) == [.intent, .done] && told.allSatisfy { $0.object == record.object })
  }

  @Test func `opens and keeps nothing while the vault is locked`() async throws {
    let vault = try await bench.create().use
    let maps = try KeptMaps(vault)
    try await maps.keep(map, of: response, for: lee, until: until(60), within: bounds)
    try Vault.lock(data: bench.folder.path)
    #expect(await failure { _ = try await maps.open(response, for: lee) } == VaultError(.locked))
    #expect(
      await failure {
        _ = try await maps.keep(map, of: response, for: lee, until: until(60), within: bounds)
      } == VaultError(.locked))
  }

  @Test func `opens nothing for who changes keys`() async throws {
    let (vault, administration) = try await bench.create()
    try await KeptMaps(vault).keep(map, of: response, for: lee, until: until(60), within: bounds)
    let commands = try KeptMaps(administration)
    #expect(await failure { _ = try await commands.open(response, for: lee) } == VaultError(.forbidden))
    #expect(try commands.records().count == 1)
  }
}
