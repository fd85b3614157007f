import Ciphers
import GRDB
import Synchronization
import TestKit
import Testing
import Vault

struct TokenDisposalTests {
  @Test func `destroys the crosswalk of a scope by two people, after its retention and without a hold`() async throws {
    var settings = Vault.Settings()
    settings.retention = .healthRecords
    let clock = TestClock()
    let bench = try await TokenBench(.single, settings: settings, clock: clock)
    let token = try await bench.issue("Maria Gonzalez")[0]
    let subject = try bench.tokens.scope(bench.scope).subject
    let administration = try bench.administration()

    func approved(_ operation: Proposal.Operation, _ object: String) async throws -> String {
      let proposal = administration.draft(operation, object: object)
      try await administration.submit(
        proposal, by: "ada", signature: try bench.key("ada").sign(proposal, as: .proposer))
      try await administration.approve(
        proposal.id, by: "ben", signature: try bench.key("ben").sign(proposal, as: .approver))
      return proposal.id
    }
    func shred() async throws {
      let proposal = try await approved(.shred, subject.description)
      _ = try await administration.announceShred(try await administration.approval(of: proposal))
      try await bench.record()
      _ = try await administration.completeShred(subject)
    }

    let early = await refusal { try await shred() }
    guard case .retained = early else {
      Issue.record("destroyed before its retention ended: \(String(describing: early))")
      return
    }
    clock.advance(days: 6 * 366 + 2)
    let hold = try await approved(.placeHold, subject.description)
    _ = try await administration.placeHold(try await administration.approval(of: hold))
    #expect(await refusal { try await shred() } == .held)
    let release = try await approved(.releaseHold, hold)
    _ = try await administration.releaseHold(try await administration.approval(of: release))
    #expect(try await bench.tokens.disposeOfShredded() == [])
    try await shred()
    bench.vault.forget()

    #expect(
      await refusal {
        _ = try await bench.tokens.reveal(
          token, in: bench.scope, for: .treatment, by: bench.key("rosa"), recording: bench.record)
      } != nil)
    #expect(try await bench.tokens.disposeOfShredded() == [bench.scope])
    #expect(try bench.tokens.scope(bench.scope).tokens.isEmpty)
    #expect(try bench.tokens.scope(bench.scope).disposed != nil)
    #expect(await refusal { _ = try await bench.issue("Maria Gonzalez") } == .shredded)
    #expect(await refusal { try await bench.tokens.create(bench.scope) } == .exists)
    #expect(try await bench.tokens.disposeOfShredded() == [])
  }

  /// A table of two scopes whose keys went with the version that they were under, and those who change keys.
  private func twoBeyondReach() async throws -> (bench: TokenBench, other: ScopeName, administration: Vault) {
    var settings = Vault.Settings()
    settings.waitingDays = 1
    let clock = TestClock()
    let bench = try await TokenBench(.single, settings: settings, clock: clock)
    _ = try await bench.issue("Maria Gonzalez")
    let other = try #require(ScopeName("diabetes"))
    try await bench.tokens.create(other, policy: .single)
    let administration = try bench.administration()
    _ = try await administration.rotateTenantKey(bench.agreed(administration, .rotateTenant, "tenant"))
    clock.advance(days: 6 * 366 + 2)
    _ = try await administration.scheduleDestruction(bench.agreed(administration, .destroy, "tenant/1"))
    try await bench.record()
    #expect(try await bench.tokens.disposeOfShredded() == [])
    for _ in 1...2 {
      clock.advance(days: 1)
      try await administration.proveKept()
    }
    #expect(try await administration.destroyDue().map(\.name) == [.keyDestroyed])
    bench.vault.forget()
    return (bench, other, administration)
  }

  @Test func `disposes of a scope whose key went with the version that it was under, but not under a hold`()
    async throws
  {
    let (bench, other, administration) = try await twoBeyondReach()
    let subject = try bench.tokens.scope(bench.scope).subject
    #expect(await refusal { _ = try await bench.issue("Thaddeus Quill") } == .keyDestroyed)
    let hold = try await bench.agreed(administration, .placeHold, subject.description)
    let id = hold.id
    _ = try await administration.placeHold(hold)
    let later = try #require(ScopeName("later"))
    try await bench.tokens.create(later, policy: .single)
    #expect(try await bench.tokens.disposeOfShredded() == [other])
    _ = try await administration.releaseHold(bench.agreed(administration, .releaseHold, id))
    #expect(try await bench.tokens.disposeOfShredded() == [bench.scope])
    #expect(try bench.tokens.scope(later).disposed == nil)
    #expect(try bench.tokens.scope(bench.scope).tokens.isEmpty)
  }

  @Test func `a hold that is placed while others are disposed of keeps what it is on`() async throws {
    let (bench, other, administration) = try await twoBeyondReach()
    let disposed = try await bench.tokens.disposeOfShredded { first in
      do {
        let subject = try bench.tokens.scope(first == other ? bench.scope : other).subject
        let hold = try await bench.agreed(administration, .placeHold, subject.description)
        _ = try await administration.placeHold(hold)
      } catch {
        Issue.record("no hold was placed: \(error)")
      }
    }
    #expect(disposed.count == 1)
    let kept = disposed == [other] ? bench.scope : other
    #expect(try bench.tokens.scope(kept).disposed == nil)
    #expect(try await bench.tokens.disposeOfShredded() == [])
  }

  @Test func `what is erased while somebody reads is owed to the journal, and told the next time`() async throws {
    let (bench, _, _) = try await twoBeyondReach()
    try await bench.record()
    let path = "\(bench.folder.path)/vault/tokens.sqlite"
    let reader = try DatabasePool(path: path)
    let snapshot = try reader.makeSnapshot()
    #expect(try await snapshot.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM token") } == 1)
    // Of two scopes the first is disposed of, and neither is told of.
    #expect(await refusal { _ = try await bench.tokens.disposeOfShredded() } == .storage)
    #expect(try bench.tokens.scopes().count { $0.disposed != nil } == 1)
    try await bench.record()
    func phases() -> [VaultEvent.Phase] {
      bench.log.withLock { $0.filter { $0.name == .tokensDisposed }.map(\.phase) }
    }
    #expect(phases() == [.intent])
    try snapshot.close()
    try reader.close()
    #expect(try await Set(bench.tokens.disposeOfShredded()) == Set(bench.tokens.scopes().map(\.name)))
    try await bench.record()
    #expect(phases() == [.intent, .done, .intent, .done])
    let events = bench.log.withLock { $0.filter { $0.name == .tokensDisposed } }
    #expect(events[0].object == events[1].object && events[0].change.before == events[1].change.before)
    #expect(try await bench.tokens.disposeOfShredded() == [])
  }
}
