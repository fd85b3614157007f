import Ledger
package import Logging
import Vault

extension Gateway {
  /// Records what this configuration grants and the log does not know of yet, and what it grants no more.
  ///
  /// While the vault gives no pseudonyms, what people have is not recorded: the rounds do it.
  package func recordGrants() async throws {
    await knowPeople()
    grants.look()
    let present = presentGrants()
    guard difference(of: present, from: GivenGrants(data: configuration.dataDirectory)) != nil else { return }
    // Another gateway on the data may record the same at the same time: who comes second finds it done.
    try await GivenGrants.change(data: configuration.dataDirectory) { known in
      guard let (given, ended) = difference(of: present, from: known) else { return nil }
      let pseudonyms = grants.removed.pseudonyms
      var entries = given.sorted { $0.key.description < $1.key.description }.map { _, grant in
        var entry = Entry(.grantGiven, at: clock.timestamp)
        grant.name(in: &entry, pseudonyms)
        return entry
      }
      entries += ended.sorted { $0.description < $1.description }.map { id in
        var entry = Entry(.grantEnded, at: clock.timestamp)
        entry.object = id
        return entry
      }
      // Many are one write to the disk.
      try await withThrowingTaskGroup(of: Void.self) { group in
        for entry in entries { group.addTask { try await self.record(entry) } }
        try await group.waitForAll()
      }
      return GivenGrants(known.ids.union(given.keys).subtracting(ended))
    }
  }

  /// What the configuration grants today, by id, removed or not.
  private func presentGrants() -> [ConfiguredName: Grant] {
    let pseudonyms = grants.removed.pseudonyms
    let today = clock.today
    var present: [ConfiguredName: Grant] = [:]
    for (grant, terms) in grants.all where terms.hold(on: today) {
      if let id = grant.id(pseudonyms) { present[id] = grant }
    }
    return present
  }

  /// What was given and what has ended since what is `known`; nil for neither.
  private func difference(
    of present: [ConfiguredName: Grant], from known: GivenGrants
  ) -> (given: [ConfiguredName: Grant], ended: Set<ConfiguredName>)? {
    let pseudonyms = grants.removed.pseudonyms
    let isWhole = configuration.grantedUsers.allSatisfy { pseudonyms[$0] != nil }
    let given = present.filter { !known.ids.contains($0.key) }
    let ended = known.ids.filter { present[$0] == nil && (isWhole || !$0.description.hasPrefix("user:")) }
    return given.isEmpty && ended.isEmpty ? nil : (given, ended)
  }

  /// Has the pseudonyms of the people whom the configuration grants something.
  private func knowPeople() async {
    var pseudonyms = grants.removed.pseudonyms
    let users = configuration.grantedUsers
    guard users.contains(where: { pseudonyms[$0] == nil }) else { return }
    do {
      for user in users where pseudonyms[user] == nil {
        pseudonyms[user] = Pseudonym(try await vault.pseudonym(of: user))
      }
    } catch {
      // Until then nobody has what somebody may have been taken away.
      return
    }
    grants.know(pseudonyms)
  }

  /// Once a day, looks which grants nobody has used, and proposes that they be removed, or removes them; and records what
  /// has ended.
  ///
  /// Of several replicas one does it for all. On the strength of a log that cannot be read nothing is proposed. What the file
  /// with the removals gives back is compared with the log at once.
  package func watchGrants(_ logger: Logger) async {
    guard takesVaultEvents.isSet else { return }
    let givesBack = grants.hasGivenBack()
    guard lastGrants.isNew(clock.today) || givesBack else { return }
    do {
      try await recordGrants()
      let history = try await grantHistory()
      try await putBackRemovals(history, logger)
      let review = review(by: history)
      let limit = Timestamp(milliseconds: review.moment.milliseconds - Int64(review.days) * 86_400_000)
      let isSure = history.stepped.map { $0 <= limit } != false
      for item in review.proposals { try await propose(item, removing: isSure, logger) }
    } catch let error as VaultError where error.code == .locked || error.code == .providerUnavailable {
      // It says nothing of the log: the next round tries again.
      lastGrants.forget()
    } catch {
      if (error as? VaultError)?.isAboutAlteration == true { notice(.alteredRecord) }
      logger.error("the log cannot be read for unused access, and nothing is proposed until tomorrow: \(error)")
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

  /// Removes again what was removed by the log and is not by the file: somebody has changed that beside the command, which has
  /// the log say first that something is restored.
  private func putBackRemovals(_ history: GrantHistory, _ logger: Logger) async throws {
    grants.look()
    let kept = grants.removed.removals
    for id in history.standingRemovals where kept[id] == nil {
      let removal = RemovedGrants.Removal(
        by: "cordon", because: "the log has no entry that it was restored", proposal: nil, at: clock.timestamp)
      let change = try RemovedGrants.remove(id, removal, data: configuration.dataDirectory)
      guard change.before == nil else { continue }
      grants.look()
      notice(.alteredRecord)
      logger.critical("`\(id)` was removed, and not restored by a command: it is removed again")
      var entry = Entry(.grantRemoved, at: clock.timestamp)
      (entry.object, entry.rule) = (id, ConfiguredName("put_back"))
      if let after = change.after { entry.after = try await vault.code(of: after) }
      try await record(entry)
    }
  }

  /// Proposes once that a grant be removed, and removes it where the configuration has what is unused removed, and the clock
  /// is to be believed.
  private func propose(_ item: GrantReview.Item, removing isSure: Bool, _ logger: Logger) async throws {
    guard case .unused(let proposal) = item.finding else { return }
    let pseudonyms = grants.removed.pseudonyms
    if item.proposed == nil {
      var entry = Entry(.grantRemovalProposed, at: clock.timestamp)
      item.grant.name(in: &entry, pseudonyms)
      entry.approval = ConfiguredName(proposal)
      // Whoever is to be told is told before: what is proposed already is told to nobody again.
      keyUse.noticed(Alert(unused: item.id), at: clock.wall())
      try await raiseAlerts(logger)
      try await record(entry)
    }
    guard configuration.access.removesUnused, isSure else { return }
    let removal = RemovedGrants.Removal(
      by: "cordon", because: "unused for \(configuration.access.unusedDays) days", proposal: proposal,
      at: clock.timestamp)
    let change = try RemovedGrants.remove(item.id, removal, data: configuration.dataDirectory)
    grants.look()
    // Somebody was faster, and has said so.
    guard change.before == nil else { return }
    var entry = Entry(.grantRemoved, at: clock.timestamp)
    item.grant.name(in: &entry, pseudonyms)
    (entry.approval, entry.rule) = (ConfiguredName(proposal), ConfiguredName("unused"))
    if let after = change.after { entry.after = try await vault.code(of: after) }
    try await record(entry)
    logger.warning("removed as nobody has used it: \(item.id)")
  }

  /// What of the configuration is not in force, one line each, for operators.
  package var deadLines: [String] {
    grants.look()
    if let restore = grants.holdingRestore {
      return ["every line: the backup of \(restore.made) was restored, and what was removed since is not settled"]
    }
    let pseudonyms = grants.removed.pseudonyms
    return grants.lapsed.map { grant, lapse in (grant, lapse, grants.all[grant]?.line) }
      .sorted {
        ($0.2 ?? 0, $0.0.id(pseudonyms)?.description ?? "") < ($1.2 ?? 0, $1.0.id(pseudonyms)?.description ?? "")
      }
      .map { grant, lapse, line in
        (line.map { "line \($0): " } ?? "")
          + "`\(grant.id(pseudonyms)?.description ?? "somebody's role")` \(lapse.words)"
      }
  }
}
