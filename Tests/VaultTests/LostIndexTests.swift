import Ciphers
import StorageTestKit
import TestKit
import Testing
import Vault

/// What somebody gains who has an index of the vault's file leave somebody out, under the words that it should have.
struct LostIndexTests {
  private let bench: TestVault
  private let altered = VaultError(.altered(.subjects))

  init() throws { bench = try TestVault() }

  private var path: String { "\(bench.folder.path)/vault/vault.sqlite" }

  private func again() throws -> Vault {
    try Vault.open(data: bench.folder.path, provider: bench.provider(), for: .use, clock: bench.clock)
  }

  @Test func `nobody gets a second key, or a report without his accesses`() async throws {
    let (use, administration) = try await bench.create()
    try await bench.add(bench.carol, [.auditor], to: administration)
    try await use.withSubject(.ada, create: true) { _ in }
    let tag = try await use.tag(of: .ada)
    #expect(try await use.tag(ofReported: .ada, by: bench.carol).tag == tag)
    try exchangePages(
      of: "sqlite_autoindex_subject_1", with: "UNIQUE INDEX x ON subject (lookup) WHERE tag <> x'\(tag)'", in: path)
    use.forget()
    #expect(await failure { _ = try await use.withSubject(.ada, create: true) { _ in } } == altered)
    #expect(await failure { _ = try await use.tag(ofReported: .ada, by: bench.carol) } == altered)
    #expect(await failure { try await use.proveKept() } == VaultError(.altered(.vault)))
    #expect(await failure { _ = try again() } == VaultError(.altered(.vault)))
  }

  @Test func `what is kept of somebody on hold stays, though an index says that there is nobody`() async throws {
    let (use, administration) = try await bench.create()
    let maps = try KeptMaps(use)
    let record = try await maps.keep(
      Array("{}".utf8), of: KeptObject(.response, "resp_1", at: "acme"),
      for: KeptHolder(caller: "dr-lee", useCase: "summarize", patient: .ada), until: bench.clock().adding(days: 1),
      within: KeptBounds(maps: 9, bytes: 1 << 20))
    let tag = try await use.tag(of: .ada)
    _ = try await administration.placeHold(try await bench.agreed(administration, .placeHold, tag.description))
    bench.pass(days: 2)
    try exchangePages(
      of: "sqlite_autoindex_subject_2", with: "UNIQUE INDEX x ON subject (tag) WHERE tag <> x'\(tag)'", in: path)
    #expect(try await maps.over() == KeptOver([], isAltered: true))
    #expect(try maps.records() == [record])
  }
}
