import Bytes
package import Ledger

/// What the logs of a data directory say of grants: when each was given, and when it was used last.
///
/// A grant is used where a request is let through by it, or is refused for another reason: who asks, needs it.
package struct GrantHistory: Sendable {
  /// How many entries were read.
  package private(set) var entries = 0
  /// Since when the log has everything; nil where it has nothing.
  package private(set) var begins: Timestamp?

  /// When the clock jumped last; nil when it never did.
  private(set) var stepped: Timestamp?

  /// When the last of the entries was written; nil where there is none.
  package private(set) var ends: Timestamp?
  /// The backups that were made, by the digests of their files.
  private var backups: Set<String> = []

  private var given: [String: Timestamp] = [:]
  private var proposed: [String: Timestamp] = [:]
  private var removed: [String: Timestamp] = [:]
  private var restored: [String: Timestamp] = [:]
  private var uses: [Use: Timestamp] = [:]

  /// A use, in the words of entries.
  private enum Use: Hashable {
    case useCase(String, by: String)
    case role(String, by: String)
    case fact(String, by: String)
    case tool(String, at: String, by: String)
    case log(by: String)
    case decisions(by: String)
    /// Roles and facts that the entry does not name.
    case anyRole(by: String)
    case anyTool(at: String, by: String)
  }

  /// Reads all of the logs, as they were signed, up to `end`.
  ///
  /// - Throws: `LedgerError` when one of them cannot be read, or there is none.
  package init(_ logs: ProvedLogs, until end: Timestamp) throws {
    guard !logs.logs.isEmpty else { throw LedgerError(.missing) }
    var firsts: [Timestamp] = []
    var gaps: [Timestamp] = []
    for log in logs.logs {
      var reader = try log.reader()
      var first: Timestamp?
      while let entry = try reader.next() {
        guard entry.outline.time <= end else { continue }
        entries += 1
        ends = max(ends ?? entry.outline.time, entry.outline.time)
        first = min(first ?? entry.outline.time, entry.outline.time)
        try take(entry, &gaps)
      }
      if let first { firsts.append(first) }
    }
    // What was recorded before a log was given up may be in none of them.
    begins = firsts.min().map { gaps.reduce($0, max) }
  }

  private mutating func take(_ entry: StoredEntry, _ gaps: inout [Timestamp]) throws {
    let time = entry.outline.time
    switch entry.outline.event {
    case .rootGivenUp, .shardGivenUp: gaps.append(time)
    case .clockStepped: stepped = max(stepped ?? time, time)
    case .backupMade:
      try note(entry) { said, history in said["object"]?.string.map { _ = history.backups.insert($0) } }
    case .grantGiven:
      try note(entry) { said, history in history.put(time, in: \.given, said["object"]?.string) }
    case .grantRestored:
      try note(entry) { said, history in
        history.put(time, in: \.given, said["object"]?.string)
        history.put(time, in: \.restored, said["object"]?.string)
      }
    case .grantRemoved:
      try note(entry) { said, history in history.put(time, in: \.removed, said["object"]?.string) }
    case .grantRemovalProposed:
      try note(entry) { said, history in history.put(time, in: \.proposed, said["object"]?.string) }
    case .requestOpened, .requestRefused: try note(entry) { said, history in history.use(said, at: time) }
    case .logRead, .accessDecided:
      let isReading = entry.outline.event == .logRead
      try note(entry) { said, history in
        guard let caller = said["caller"]?.string else { return }
        history.put(time, isReading ? .log(by: caller) : .decisions(by: caller))
      }
    default: break
    }
  }

  private mutating func note(_ entry: StoredEntry, _ body: (JSONValue, inout GrantHistory) -> Void) throws {
    body(try JSONValue(parsing: entry.json), &self)
  }

  private mutating func put(
    _ time: Timestamp, in list: WritableKeyPath<GrantHistory, [String: Timestamp]>, _ name: String?
  ) {
    guard let name else { return }
    self[keyPath: list][name] = max(self[keyPath: list][name] ?? time, time)
  }

  private mutating func put(_ time: Timestamp, _ use: Use) { uses[use] = max(uses[use] ?? time, time) }

  private mutating func use(_ said: JSONValue, at time: Timestamp) {
    // What a grant's own removal refuses is no use of it, and names no use case.
    guard let caller = said["caller"]?.string, let useCase = said["use_case"]?.string else { return }
    put(time, .useCase(useCase, by: caller))
    let users = ([said["user"]] + (said["people"]?.array ?? [])).compactMap { $0?.string }
    let holders = [caller] + users
    if let facts = said["policy_facts"]?.string?.split(separator: ":"), facts.count == 5 {
      for role in facts[0].split(separator: "+") where role != "-" {
        for holder in holders { put(time, .role(String(role), by: holder)) }
      }
      for fact in facts[4].split(separator: "+") where fact != "-" { put(time, .fact(String(fact), by: caller)) }
      if facts[3] != "-" { put(time, .fact(PolicySettings.Attestation.consents.rawValue, by: caller)) }
    } else if said["policy_set"] != nil {
      for holder in holders { put(time, .anyRole(by: holder)) }
    }
    guard said["operation"]?.string == "tools/call", let server = said["vendor"]?.string else { return }
    guard said["event"]?.string == Event.requestRefused.rawValue else {
      return put(
        time, said["object"]?.string.map { .tool($0, at: server, by: useCase) } ?? .anyTool(at: server, by: useCase))
    }
    // A refusal does not name the tool: it may have been any that the server has, but for what nobody is granted.
    let ofNone: [Refusal.Rule] = [.toolNotAllowed, .grantLapsed, .grantsUnreadable]
    if !ofNone.contains(where: { $0.rawValue == said["rule"]?.string }) {
      put(time, .anyTool(at: server, by: useCase))
    }
  }

  /// When a grant was given, or given back; nil when the log does not say.
  package func given(_ id: ConfiguredName) -> Timestamp? { given[id.description] }

  /// What was removed and not restored since, as far as the log goes.
  package var standingRemovals: [ConfiguredName] {
    removed.filter { id, time in restored[id].map { $0 < time } != false }.keys.compactMap { ConfiguredName($0) }
      .sorted { $0.description < $1.description }
  }

  /// Whether a backup was made in it: it goes on from what the backup has.
  package func hasMade(_ backup: String) -> Bool { backups.contains(backup) }

  /// When its removal was proposed last; nil when it never was.
  package func proposed(_ id: ConfiguredName) -> Timestamp? { proposed[id.description] }

  /// When a grant was used last; nil when it never was, as far as the log goes.
  package func lastUse(of grant: Grant, _ pseudonyms: [String: Pseudonym]) -> Timestamp? {
    let holder: String
    switch grant.holder {
    case .caller(let id): holder = id.name
    case .useCase(let id): holder = id.name
    case .user(let name):
      guard let pseudonym = pseudonyms[name] else { return nil }
      holder = pseudonym.description
    }
    let same: [Use] =
      switch grant.access {
      case .useCase(let id): [.useCase(id.name, by: holder)]
      case .role(let name): [.role(name, by: holder), .anyRole(by: holder)]
      case .attestation(let fact): [.fact(fact.rawValue, by: holder), .anyRole(by: holder)]
      case .tool(let name, let server):
        [.tool(name, at: server.name, by: holder), .anyTool(at: server.name, by: holder)]
      case .log: [.log(by: holder)]
      case .decisions: [.decisions(by: holder)]
      }
    return same.compactMap { uses[$0] }.max()
  }
}
