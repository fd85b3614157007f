import Ledger
package import Logging
import Vault

extension Gateway {
  /// Compares what was removed with the log; once a day looks which grants nobody has used, and proposes that they be
  /// removed, or removes them; and records what has ended.
  ///
  /// Of several replicas one does it for all; each gives back for itself what the log says is restored. On the strength of a
  /// log that cannot be read nothing is proposed, removed or given back.
  package func watchGrants(_ logger: Logger) async {
    grants.look()
    // INVARIANT: what the file has is looked at before the log: what is restored is in the log before it leaves the file.
    let removals = grants.removals
    let isLost = grants.isLost
    guard let round = grantWatch.begin(removals, isLost: isLost.now, leads: takesVaultEvents.isSet, at: clock) else {
      return
    }
    do {
      if isLost.now, isLost.afterReading { try writeAnew(removals.all, removals.restore, logger) }
      if round.isDaily { try await recordGrants() }
      let history = try await grantHistory()
      if isLost.now, !isLost.afterReading { try writeAnew(history.standingRemovals, nil, logger) }
      try await settle(removals, by: history, round, logger)
      if round.isDaily {
        for item in review(by: history).proposals { try await propose(item, logger) }
      }
      grantWatch.end(round, waits: !grants.removals.withheld.isEmpty, at: clock)
    } catch let error where error.isOfALockedVault {
      // It says nothing of the log.
      grantWatch.fail(pausingAtMost: 10, at: clock)
    } catch {
      if error.isOfAlteredRecord { notice(.alteredRecord) }
      logger.error("the log cannot be read for access that was removed or is not used; it is tried again: \(error)")
      grantWatch.fail(pausingAtMost: 600, at: clock)
    }
  }

  /// What the log says of each grant.
  package func reviewGrants() async throws -> GrantReview { review(by: try await grantHistory()) }

  private func grantHistory() async throws -> GrantHistory {
    let now = clock.timestamp
    let logs = try await ProvedLogs.of(configuration.dataDirectory, vault)
    return try await withTaskExecutorPreference(BlockingThreads.shared) { try GrantHistory(logs, until: now) }
  }

  private func review(by history: GrantHistory) -> GrantReview {
    GrantReview(
      grants.all, lapsed: grants.lapsed, by: history, grants.removed.pseudonyms, days: configuration.access.unusedDays,
      at: clock.timestamp)
  }

  /// Has the file again that was taken away, as far as it is known.
  private func writeAnew(
    _ known: [ConfiguredName: RemovedGrants.Removal], _ restore: RemovedGrants.Restore?, _ logger: Logger
  ) throws {
    guard try RemovedGrants.writeAnew(known, restore, data: configuration.dataDirectory) else { return }
    notice(.alteredRecord)
    logger.critical("the file `\(RemovedGrants.file)` was gone: it is written anew, with \(known.count) removals")
    grants.look()
  }

  /// Gives back what the log says is restored, removes again what it does not, and records what it has no word of.
  private func settle(
    _ removals: RemovalsInForce, by history: GrantHistory, _ round: GrantWatch.Round, _ logger: Logger
  ) async throws {
    let verdict = removals.judged(by: history, at: clock.wall())
    grants.release(verdict.restored)
    let leads = takesVaultEvents.isSet
    // What this process alone remembers nobody else puts back.
    for (id, removal) in verdict.missing where leads || removals.withheld[id] != nil {
      try await putBack(id, removal, logger)
    }
    guard leads, round.list != nil else { return }
    for (id, removal) in verdict.unsaid { try await record(removal, of: id, as: .found) }
  }

  /// Removes again what has left the file though the log does not say that it is restored: somebody has changed that beside
  /// the command.
  private func putBack(_ id: ConfiguredName, _ removal: RemovedGrants.Removal, _ logger: Logger) async throws {
    grants.look()
    guard grants.removals.listed[id] == nil else { return }
    notice(.alteredRecord)
    logger.critical("`\(id)` was removed, and not restored by a command: it is removed again")
    try await remove(id, removal, as: .putBack)
  }

  /// Proposes once that a grant be removed, and removes it where the configuration has what is unused removed, and the log
  /// says for long enough that it is.
  private func propose(_ item: GrantReview.Item, _ logger: Logger) async throws {
    guard case .unused(let proposal) = item.finding else { return }
    if item.proposed == nil {
      var entry = Entry(.grantRemovalProposed, at: clock.timestamp)
      item.grant.name(in: &entry, grants.removed.pseudonyms)
      entry.approval = ConfiguredName(proposal)
      // Whoever is to be told is told before: what is proposed already is told to nobody again.
      keyUse.noticed(Alert(unused: item.id), at: clock.wall())
      try await raiseAlerts(logger)
      try await record(entry)
    }
    guard configuration.access.removesUnused, item.isRemovable else { return }
    let lifted = policy?.lifted(without: item.grant) ?? []
    guard lifted.isEmpty else {
      return logger.warning("`\(item.id)` is for people to remove: without it \(lifted.asNames) may allow more")
    }
    grants.look()
    // Somebody was faster, and has said so.
    guard grants.removed.removals[item.id] == nil else { return }
    let removal = RemovedGrants.Removal(
      by: "cordon", because: "unused for \(configuration.access.unusedDays) days", proposal: proposal,
      at: clock.timestamp)
    try await remove(item.id, removal, as: .unused, item.grant)
    logger.warning("removed as nobody has used it: \(item.id)")
  }

  /// Why a gateway records a removal.
  private enum Cause: String {
    /// Nobody has used it.
    case unused
    /// Somebody gave it back beside the command.
    case putBack = "put_back"
    /// Somebody removed it without a word in the log.
    case found
  }

  /// Takes a grant away, once the log has that it is.
  private func remove(
    _ id: ConfiguredName, _ removal: RemovedGrants.Removal, as cause: Cause, _ grant: Grant? = nil
  ) async throws {
    try await record(removal, of: id, as: cause, grant)
    _ = try RemovedGrants.remove(id, removal, data: configuration.dataDirectory)
    grants.look()
  }

  private func record(
    _ removal: RemovedGrants.Removal, of id: ConfiguredName, as cause: Cause, _ grant: Grant? = nil
  ) async throws {
    var entry = Entry(.grantRemoved, at: clock.timestamp)
    entry.object = id
    grant?.name(in: &entry, grants.removed.pseudonyms)
    entry.rule = ConfiguredName(cause.rawValue)
    entry.approval = removal.proposal.flatMap { ConfiguredName($0) }
    entry.after = try await vault.code(of: removal.content(of: id))
    try await record(entry)
  }
}
