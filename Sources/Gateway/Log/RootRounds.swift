package import Ledger
package import Logging
import ServiceLifecycle
import Vault

/// Has one of several replicas at a time record the shards in the root log, and bring the vault's events into its own.
///
/// A shard that is not what the root log says of it is an alarm and no reason to stop: the other shards go on being
/// recorded, and each goes on recording what happens.
package final class RootRounds: Service {
  private let gateway: Gateway
  private let shards: ShardedLog
  private let turn: RootTurn
  private let settings: ShardSettings
  private let logger: Logger
  private let state = SerialState()

  /// What the rounds remember from one to the next; they follow each other.
  private actor SerialState {
    var refused: [ReplicaName: ShardRound.Refusal] = [:]
    var last: ContinuousClock.Instant?
    var failed = false

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
  }

  /// The rounds of a gateway that is one of the replicas.
  package init(_ gateway: Gateway, _ shards: ShardedLog, _ turn: RootTurn, _ settings: ShardSettings, logger: Logger) {
    self.gateway = gateway
    self.shards = shards
    self.turn = turn
    self.settings = settings
    self.logger = logger
  }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        if await self.take(), await self.state.isDue(after: self.settings.seconds) { await self.record() }
        try? await Task.sleep(for: .seconds(1))
      }
    }
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
    if await take() { await record(isLast: true) }
    gateway.takesVaultEvents.set(false)
    turn.give()
  }

  /// One round of recording; in the last one the gateway's own log is closed already.
  private func record(isLast: Bool = false) async {
    do {
      let signer = try await gateway.vault.logSigner()
      let (shards, turn, now) = (shards, turn, gateway.clock.timestamp)
      let round = try await withTaskExecutorPreference(BlockingThreads.shared) {
        try await turn.record(shards, at: now) { try signer.key() }
      }
      await tell(round, isLast: isLast)
    } catch ShardError.leaseEnded, ShardError.staleHolder, ShardError.rootInUse {
      // Another replica has the turn, or will have it.
      gateway.takesVaultEvents.set(false)
    } catch {
      logger.critical("the shards cannot be recorded in the root log: \(error)")
    }
  }

  private func tell(_ round: ShardRound, isLast: Bool) async {
    gateway.metrics.noteRefusedShards(round.refused.count)
    let before = await state.exchange(round.refused)
    for (replica, refusal) in round.refused where before[replica]?.error.name != refusal.error.name {
      logger.critical("shard \(replica) is not recorded: \(refusal.error)")
      if !isLast { await alert(replica, refusal) }
    }
    for replica in before.keys.sorted() where round.refused[replica] == nil {
      logger.notice("shard \(replica) is what the root log says again")
    }
  }

  private func alert(_ replica: ReplicaName, _ refusal: ShardRound.Refusal) async {
    var entry = Entry(.shardRefused, at: gateway.clock.timestamp)
    entry.object = ConfiguredName("shard:\(replica)")
    (entry.decision, entry.rule) = (.deny, ConfiguredName(refusal.error.name))
    (entry.before, entry.after) = (refusal.recorded, refusal.published)
    do {
      try await gateway.record(entry)
    } catch {
      logger.critical("the log cannot say that shard \(replica) was refused: \(error)")
    }
  }
}
