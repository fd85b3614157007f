import Bytes
import Ciphers
import GRDB
import Storage

/// An event that waits for the log.
private struct WaitingEvent {
  let number: Int64
  /// Nil when the row is not as the vault wrote it.
  let event: VaultEvent?
}

extension Vault {
  /// Hands the waiting events to `append` in order, and notes the index that it gives each: how many there were; nil
  /// while another process does so.
  ///
  /// When `append` throws, the event and those after it stay. A row that the vault did not write keeps none from the log:
  /// it stays where it is, and when all others are noted, `altered` is thrown; so it is when an event was taken away.
  ///
  /// Where the last hand-over was broken off before it was noted, by a crash or a failure, `known` is asked which of the
  /// events are in a log already, and where: those are noted and not handed over again. So it is with an event that was
  /// handed over once, and that somebody put back as it was then: it changes nothing. `known` throws when the log says
  /// something else under the id of an event.
  ///
  /// Before any is noted `keeping` is called: it has the vault keep how long the log is. What it throws leaves them as if
  /// they had been broken off.
  @discardableResult
  package func takeOutbox(
    known: ([VaultEvent]) async throws -> [String: UInt64] = { _ in [:] },
    keeping: () async throws -> Void = {},
    _ append: (VaultEvent) async throws -> UInt64
  ) async throws -> Int? {
    let evidence = try await unlockedBox(.evidence)
    // Nothing is handed over that could not be noted.
    try checkSeal(evidence)
    guard let handOver = try HandOver(folder) else { return nil }
    defer { handOver.end() }
    let strays = try await settleReplays(known, evidence)
    let isWhole = try isOutboxWhole(evidence)
    var (taken, last) = (0, Int64.min)
    while let rows = try waiting(after: last, evidence), let final = rows.last {
      last = final.number
      let fresh = rows.filter { !strays.contains($0.number) }
      let events = fresh.compactMap(\.event)
      let found = handOver.wasBrokenOff && !events.isEmpty ? try await known(events) : [:]
      if !events.isEmpty { try handOver.begin() }
      taken += try await hand(fresh, found, to: append, keeping, evidence)
    }
    try handOver.finish()
    guard isWhole else { throw VaultError(.altered(.outbox)) }
    return taken
  }

  private func isOutboxWhole(_ evidence: SecretBox) throws(VaultError) -> Bool {
    do throws(VaultError) {
      try Vault.stored { try store.read { try Outbox.check(evidence, $0) } }
      return true
    } catch {
      guard error.code == .altered(.outbox) else { throw error }
      return false
    }
  }

  private func waiting(after number: Int64, _ evidence: SecretBox) throws(VaultError) -> [WaitingEvent]? {
    let codes = RowCodes(.outbox, evidence)
    return try Vault.stored {
      try store.read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT \(OutboxRow.columns) FROM outbox WHERE entry IS NULL AND number > ? ORDER BY number LIMIT 256
            """, arguments: [number]
        ).map { WaitingEvent(number: $0["number"], event: try? OutboxRow($0, codes).event) }
      }
    }
  }

  private func hand(
    _ rows: [WaitingEvent], _ known: [String: UInt64], to append: (VaultEvent) async throws -> UInt64,
    _ keeping: () async throws -> Void, _ evidence: SecretBox
  ) async throws -> Int {
    var noted: [Int64: Int64] = [:]
    var failure: (any Error)?
    do {
      for row in rows {
        guard let event = row.event else { continue }
        noted[row.number] = if let index = known[event.id] { index.signed } else { try await append(event).signed }
      }
    } catch {
      failure = error
    }
    // What is in the log is noted, whatever fails after it; what is not noted is looked for in the logs next time.
    do {
      if !noted.isEmpty { try await keeping() }
      try note(noted, evidence)
    } catch {
      throw failure ?? error
    }
    if let failure { throw failure }
    return noted.count
  }

  private func note(_ noted: [Int64: Int64], _ evidence: SecretBox) throws(VaultError) {
    guard !noted.isEmpty else { return }
    try change(evidence) { try Outbox.note(noted, evidence, $0) }
  }

  /// How many events wait for the log.
  package func waitingEvents() throws(VaultError) -> Int {
    try Vault.stored {
      try store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM outbox WHERE entry IS NULL") ?? 0 }
    }
  }

  /// An event with an id of its own.
  func event(
    _ name: VaultEvent.Name, _ phase: VaultEvent.Phase = .done, object: String?, people: [String] = []
  ) -> VaultEvent {
    var random = SystemRandomNumberGenerator()
    return VaultEvent(
      name, phase, object: object, people: people, at: clock(), id: Hex.encode([UInt8](randomCount: 16, using: &random))
    )
  }

  /// Puts an event of something that happened outside the database into the outbox.
  func tell(_ event: VaultEvent) async throws(VaultError) -> VaultEvent {
    let evidence = try await box(.evidence)
    try tell(event, evidence)
    return event
  }

  /// The same with the key at hand.
  func tell(_ event: VaultEvent, _ evidence: SecretBox) throws(VaultError) {
    try change(evidence) { try Outbox.put(event, evidence, $0) }
  }
}

extension UInt64 {
  fileprivate var signed: Int64 { Int64(clamping: self) }
}
