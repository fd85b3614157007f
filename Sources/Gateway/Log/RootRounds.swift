import Ciphers
package import Ledger
package import Logging
import ServiceLifecycle
import Vault

/// Has one of several replicas at a time record the shards in the root log, and bring the vault's events into its own;
/// every replica looks whether the root log is the one that it was, and says in its own shard where it stands.
///
/// A shard that is not what the root log says of it is an alarm and no reason to stop: the other shards go on being
/// recorded, and each goes on recording what happens. A root log that is not what the vault says of it is recorded in no
/// more: the shards go on, and the replica is not ready. So it is while the system does not let it be read or written,
/// which is tried again each round, and no alarm about anybody who changed it.
package final class RootRounds: Service {
  private let gateway: Gateway
  private let shards: ShardedLog
  private let turn: RootTurn
  private let settings: ShardSettings
  private let logger: Logger
  private let state = RoundState()

  /// The rounds of a gateway that is one of the replicas.
  package init(_ gateway: Gateway, _ shards: ShardedLog, _ turn: RootTurn, _ settings: ShardSettings, logger: Logger) {
    self.gateway = gateway
    self.shards = shards
    self.turn = turn
    self.settings = settings
    self.logger = logger
  }

  package func run() async throws {
    let rounds = Rounds("root log", every: .seconds(1)) {
      let isHeld = await self.state.isPausing ? false : await self.take()
      if await self.state.isDue(after: self.settings.seconds) { await self.round(isHeld) }
    }
    try await rounds.run()
  }

  /// Takes the turn if it can be had: whether this replica has it.
  @discardableResult
  package func take() async -> Bool {
    let turn = turn
    let outcome = await withTaskExecutorPreference(BlockingThreads.shared) { Result { try turn.take() } }
    switch outcome {
    case .success(let isHeld):
      gateway.takesVaultEvents.set(isHeld)
      if await state.changes(to: false) { logger.notice("the leases of the root log can be asked for again") }
      return isHeld
    case .failure(let error):
      gateway.takesVaultEvents.set(false)
      if await state.changes(to: true) { logger.error("the leases of the root log cannot be asked for: \(error)") }
      return false
    }
  }

  /// The end: records what the shards have now, if the turn can be had, and gives it back.
  package func end() async {
    if await take(), await look(isHeld: true, isLast: true) { await record(isLast: true) }
    gateway.takesVaultEvents.set(false)
    turn.give()
  }

  private func round(_ isHeld: Bool) async {
    guard await look(isHeld: isHeld) else { return }
    if isHeld { await record() }
    await claim()
  }

  /// Whether the root log is what the vault says of it; false when nobody can tell.
  private func look(isHeld: Bool, isLast: Bool = false) async -> Bool {
    do {
      let mark = try await RootRecording.standing(shards.data, gateway.vault).mark
      // Another root log was taken in the place of the one that was read: see `RootGivingUp`.
      if await state.isAnother(mark) { shards.forget() }
      // What this replica met when it had the turn may not show in the checkpoint. While it has the turn the next
      // recording finds out whether it is still so; else the whole root log is read.
      if await !state.isReadable, !isHeld, await state.isReadingDue(every: 6 * settings.seconds), try await isWhole() {
        await state.reads(true)
      }
      if await state.isReadable { await tell(nil, isLast: isLast) }
      return true
    } catch let fault as RootFault {
      await tell(fault, isLast: isLast)
    } catch let error as LedgerError {
      await tell(RootFault(error), isLast: isLast)
    } catch {
      if await state.knowsNot() {
        logger.error("nothing is recorded in the root log: whether it is the one that it was cannot be told: \(error)")
      }
    }
    return false
  }

  /// Whether every byte of the root log is what was signed.
  private func isWhole() async throws -> Bool {
    let key = try await gateway.vault.logSigner().verificationKey()
    let shards = shards
    return try await withTaskExecutorPreference(BlockingThreads.shared) { try shards.isRootWhole(key) }
  }

  /// One round of recording; in the last one the gateway's own log is closed already.
  private func record(isLast: Bool = false) async {
    do {
      let round = try await RootRecording.record(shards, turn, gateway.vault, at: gateway.clock.timestamp)
      await state.reads(true)
      await tell(nil, isLast: isLast)
      await tell(round, isLast: isLast)
    } catch ShardError.leaseEnded, ShardError.staleHolder, ShardError.rootInUse {
      // Another replica has the turn, or will have it.
      gateway.takesVaultEvents.set(false)
    } catch let fault as RootFault {
      await tell(fault, isLast: isLast)
    } catch let error as LedgerError {
      await state.reads(false)
      // What was read until now may be what is wrong.
      shards.forget()
      let fault = RootFault(error)
      await tell(fault, isLast: isLast)
      guard !fault.isAlteration, !isLast else { return }
      // Another replica may be able to do what this one is not: for a moment the turn is anybody's.
      await state.pause()
      gateway.takesVaultEvents.set(false)
      turn.give()
    } catch {
      logger.critical("the shards cannot be recorded in the root log: \(error)")
    }
  }

  /// Says in this replica's shard where the root log stood, now and then while there is something to be recorded.
  private func claim() async {
    let written = gateway.ledger.size
    guard let mark = await state.claimDue(every: 6 * settings.seconds, written) else { return }
    do {
      let key = try await gateway.vault.logSigner().verificationKey()
      guard let root = RootCheckpoint(note: mark.note, signedBy: key) else { return }
      let index = try await gateway.record(root.entry(in: RootEpoch(mark.epoch), at: gateway.clock.timestamp))
      await state.claimed(mark, at: index)
    } catch {
      logger.error("the log cannot say where the root log stands: \(error)")
    }
  }

  private func tell(_ round: ShardRound, isLast: Bool) async {
    gateway.metrics.noteRefusedShards(round.refused.count)
    let before = await state.exchange(round.refused)
    for (replica, refusal) in round.refused where before[replica]?.error.name != refusal.error.name {
      logger.critical("shard \(replica) is not recorded: \(refusal.error)")
      guard !isLast else { continue }
      await alert(
        "shard:\(replica)", refusal.error.name, from: refusal.recorded, to: refusal.published)
    }
    for replica in before.keys.sorted() where round.refused[replica] == nil {
      logger.notice("shard \(replica) is what the root log says again")
    }
  }

  /// Says what is wrong with the root log, or that nothing is any more.
  private func tell(_ fault: RootFault?, isLast: Bool) async {
    gateway.metrics.noteRootLog(isRefused: fault != nil)
    guard gateway.rootLog.exchange(fault) else { return }
    guard let fault else { return logger.notice("the root log is what the vault says of it again") }
    logger.critical("nothing is recorded in the root log: \(fault)")
    guard fault.isAlteration else { return gateway.notice(.rootLogUnreachable) }
    gateway.notice(.rootLogAltered)
    guard !isLast else { return }
    let key = try? await gateway.vault.logSigner().verificationKey()
    let mark = try? await gateway.vault.mark(of: RootRecording.log)
    let marked = key.flatMap { key in mark.flatMap { RootCheckpoint(note: $0.note, signedBy: key) } }
    let found = key.flatMap { try? shards.root(extending: nil, signedBy: $0) }
    await alert("root", fault.name, from: marked?.checkpoint.root, to: found?.checkpoint.root)
  }

  private func alert(_ object: String, _ rule: String, from before: Digest?, to after: Digest?) async {
    var entry = Entry(.shardRefused, at: gateway.clock.timestamp)
    entry.object = ConfiguredName(object)
    (entry.decision, entry.rule) = (.deny, ConfiguredName(rule))
    (entry.before, entry.after) = (before, after)
    do {
      try await gateway.record(entry)
    } catch {
      logger.critical("the log cannot say that \(object) was refused: \(error)")
    }
  }
}

/// What the rounds remember from one to the next; they follow each other.
private actor RoundState {
  /// The others ask for the turn once a second.
  private static let pauseLength = Duration.seconds(3)

  private var pauseEnd: ContinuousClock.Instant?
  private var refused: [ReplicaName: ShardRound.Refusal] = [:]
  private var last: ContinuousClock.Instant?
  private var failed = false
  private var unknown = false
  private var mark: LogMark?
  private var lastClaim: (mark: LogMark, end: UInt64, time: ContinuousClock.Instant)?
  private var lastReading: ContinuousClock.Instant?
  private(set) var isReadable = true

  /// Whether this replica leaves the turn to others.
  var isPausing: Bool { pauseEnd.map { .now < $0 } ?? false }

  /// Leaves the turn to others for a moment.
  func pause() { pauseEnd = .now + RoundState.pauseLength }

  /// Whether the seconds have passed since the last round.
  func isDue(after seconds: Int) -> Bool {
    if let last, last.duration(to: .now) < .seconds(seconds) { return false }
    last = .now
    return true
  }

  /// Remembers what is refused now; what was before.
  func exchange(_ next: [ReplicaName: ShardRound.Refusal]) -> [ReplicaName: ShardRound.Refusal] {
    defer { refused = next }
    return refused
  }

  /// Remembers whether a round failed; whether that is another answer than the last.
  func changes(to failed: Bool) -> Bool {
    defer { self.failed = failed }
    return self.failed != failed
  }

  /// Remembers what the vault says of the root log; whether that is about another one than before.
  func isAnother(_ next: LogMark?) -> Bool {
    let isAnother = next?.epoch != mark?.epoch && mark != nil || (next?.size ?? 0) < (mark?.size ?? 0)
    if isAnother { isReadable = true }
    (mark, unknown) = (next, false)
    return isAnother
  }

  /// Remembers that the vault could not be asked; whether that is new.
  func knowsNot() -> Bool {
    defer { unknown = true }
    return !unknown
  }

  /// Remembers whether the root log could be read when it was to be appended to.
  func reads(_ isReadable: Bool) {
    self.isReadable = isReadable
    lastReading = nil
  }

  /// Whether so many seconds have passed since the root log was read whole, or since it could not be appended to.
  func isReadingDue(every seconds: Int) -> Bool {
    if let lastReading, lastReading.duration(to: .now) < .seconds(seconds) { return false }
    lastReading = .now
    return true
  }

  /// What the vault says of the root log, where the shard has something that it had not at the last claim and the root
  /// log stands elsewhere.
  func claimDue(every seconds: Int, _ written: UInt64) -> LogMark? {
    guard let mark, let lastClaim else { return mark }
    let isDue = lastClaim.time.duration(to: .now) >= .seconds(seconds)
    return isDue && lastClaim.mark != mark && written > lastClaim.end ? mark : nil
  }

  func claimed(_ mark: LogMark, at index: UInt64) { lastClaim = (mark, index + 1, .now) }
}
