import Ledger
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
      .map { grant, lapse, line in self.line(grant, line, lapse.words) + self.lifted(without: grant) }
  }

  /// What of the configuration will end and lifts policies then, one line each, for operators.
  package var liftingLines: [String] {
    let ending = grants.all.compactMap { grant, terms in terms.until.map { (grant, terms.line, $0) } }
    return ending.sorted { ($0.1 ?? 0, $0.2) < ($1.1 ?? 0, $1.2) }.compactMap { grant, line, until in
      let lifted = lifted(without: grant)
      return lifted.isEmpty ? nil : self.line(grant, line, "ends with \(until)") + lifted
    }
  }

  private func line(_ grant: Grant, _ line: Int?, _ words: String) -> String {
    let id = grant.id(grants.removed.pseudonyms)?.description ?? "somebody's role"
    return (line.map { "line \($0): " } ?? "") + "`\(id)` \(words)"
  }

  private func lifted(without grant: Grant) -> String {
    let lifted = policy?.lifted(without: grant) ?? []
    return lifted.isEmpty ? "" : ", and without it \(lifted.asNames) may allow more"
  }
}
