import Ciphers
import Foundation
import Gateway
import PHI
import TestKit
import Testing

struct AgreementRegistryTests {
  private func write(_ text: String, _ folder: TemporaryFolder) throws {
    // Another name first, as whoever changes the file does it: its number is another each time.
    try text.write(toFile: "\(folder.path)/new", atomically: false, encoding: .utf8)
    try? FileManager.default.removeItem(atPath: "\(folder.path)/agreements.yaml")
    try FileManager.default.moveItem(atPath: "\(folder.path)/new", toPath: "\(folder.path)/agreements.yaml")
  }

  @Test func `takes a change up once, with the hashes before and after`() throws {
    let folder = try TemporaryFolder()
    let registry = try AgreementRegistry(data: folder.path)
    #expect(registry.list == AgreementList())
    #expect(registry.refresh() == nil)
    let list = try AgreementTests.list(AgreementTests.entry())
    try write(list.yaml, folder)
    #expect(registry.refresh() == .taken(before: AgreementList().digest, after: list.digest))
    #expect(registry.refresh() == nil)
    #expect(registry.list == list)
  }

  @Test(arguments: ["", "agreements: [", "agreements:\n  - vendor: mock\n", "vendors: []\n"])
  func `keeps what is in force when the file is no registry, and says so once`(_ text: String) throws {
    let folder = try TemporaryFolder()
    let list = try AgreementTests.list(AgreementTests.entry())
    try write(list.yaml, folder)
    let registry = try AgreementRegistry(data: folder.path)
    try write(text, folder)
    guard case .refused = registry.refresh() else {
      Issue.record("was taken")
      return
    }
    #expect(registry.refresh() == nil)
    #expect(registry.list == list)
    #expect(throws: ConfigurationError.self) { try AgreementRegistry(data: folder.path) }
  }

  @Test func `has nothing any more when the file is taken away`() throws {
    let folder = try TemporaryFolder()
    let list = try AgreementTests.list(AgreementTests.entry())
    try write(list.yaml, folder)
    let registry = try AgreementRegistry(data: folder.path)
    try FileManager.default.removeItem(atPath: "\(folder.path)/agreements.yaml")
    #expect(registry.refresh() == .taken(before: list.digest, after: AgreementList().digest))
  }

  @Test func `changes the file for one at a time, and not when it cannot`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/\(AgreementRegistry.file)"
    let list = try AgreementTests.list(AgreementTests.entry())
    let change = try AgreementRegistry.change(at: path) { $0 = list }
    #expect(change.before == AgreementList())
    #expect(change.after == list)
    #expect(throws: CancellationError.self) {
      try AgreementRegistry.change(at: path) { list in
        list = AgreementList()
        throw CancellationError()
      }
    }
    #expect(try AgreementRegistry.list(at: path) == list)
    let later = try #require(CalendarDate("2026-07-01"))
    let id = try #require(ConfiguredID<Agreement>("BAA-7"))
    let ended = try AgreementRegistry.change(at: path) { list in
      let isKnown = list.terminate(id, on: later)
      #expect(isKnown)
    }
    #expect(ended.after.entries[0].agreement.terminated == later)
  }

  @Test func `says for each vendor what is missing and what runs out`() throws {
    var configuration = try Configuration(yaml: SampleConfiguration.yaml)
    configuration.vendors[0].agreement = nil
    let today = try #require(CalendarDate("2026-12-11"))
    let list = try AgreementTests.list(AgreementTests.entry("purposes", "purposes: [TREAT]"))
    let checks = VendorCheck.all(configuration, AgreementRegistry(list), on: today, within: 20)
    #expect(checks.map(\.vendor.id.name) == ["mock", "inside"])
    #expect(checks[0].agreement?.id.name == "BAA-7")
    // The research use case has another purpose; operations that the agreement leaves out are no gap.
    #expect(checks[0].missing.map(\.refusal.rule) == [.purposeNotPermitted])
    #expect(checks[0].missing[0].uses == ["tokens-only/gpt-4o-mini/chatCompletions"])
    #expect(checks[0].endings.count == 1)
    #expect(checks[1].missing.isEmpty && checks[1].endings.isEmpty)
  }
}
