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
  /// The last that each log says of what was removed or restored, by the log.
  private var words: [String: [String: Word]] = [:]
  /// The days of which the logs have anything, since 1 January 1970.
  private var days: Set<Int64> = []
  private var uses: [Use: Timestamp] = [:]

  /// That something was removed or restored, with the code of what the file said of it.
  private struct Word {
    let isRemoval: Bool
    let time: Timestamp
    let code: String?
  }

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
      var seen = Extent()
      try log.read(GrantHistory.events, seeing: { if $0.time <= end { seen.note($0.time) } }) { outline, said in
        hear(outline, said, in: log.data)
        if outline.time <= end { take(outline, said, &gaps) }
      }
      entries += seen.entries
      days.formUnion(seen.days)
      ends = [ends, seen.last].compactMap(\.self).max()
      if let first = seen.first { firsts.append(first) }
    }
    // What was recorded before a log was given up may be in none of them.
    begins = firsts.min().map { gaps.reduce($0, max) }
  }

  /// Of which times a log has anything.
  private struct Extent {
    var entries = 0
    var first: Timestamp?
    var last: Timestamp?
    var days: Set<Int64> = []

    mutating func note(_ time: Timestamp) {
      entries += 1
      (first, last) = (min(first ?? time, time), max(last ?? time, time))
      days.insert(time.day)
    }
  }

  /// What tells of grants.
  private static let events: Set<Event> = [
    .rootGivenUp, .shardGivenUp, .clockStepped, .backupMade, .grantGiven, .grantRestored, .grantRemoved,
    .grantRemovalProposed, .requestOpened, .requestRefused, .logRead, .accessDecided,
  ]

  private mutating func take(_ outline: EntryOutline, _ said: JSONValue, _ gaps: inout [Timestamp]) {
    let (time, object) = (outline.time, said["object"]?.string)
    switch outline.event {
    case .rootGivenUp, .shardGivenUp: gaps.append(time)
    case .clockStepped: stepped = max(stepped ?? time, time)
    case .backupMade: object.map { _ = backups.insert($0) }
    case .grantGiven, .grantRestored: put(time, in: \.given, object)
    case .grantRemovalProposed: put(time, in: \.proposed, object)
    case .requestOpened, .requestRefused: use(said, at: time)
    case .logRead: said["caller"]?.string.map { put(time, .log(by: $0)) }
    case .accessDecided: said["caller"]?.string.map { put(time, .decisions(by: $0)) }
    default: break
    }
  }

  /// Takes up what a log says of a removal: of one log the last counts, whatever its clock said.
  private mutating func hear(_ outline: EntryOutline, _ said: JSONValue, in log: String) {
    let isRemoval = outline.event == .grantRemoved
    guard isRemoval || outline.event == .grantRestored, let name = said["object"]?.string else { return }
    let code = said[isRemoval ? "after" : "before"]?.string
    words[name, default: [:]][log] = Word(isRemoval: isRemoval, time: outline.time, code: code)
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

  /// Whether a backup was made in it: it goes on from what the backup has.
  package func hasMade(_ backup: String) -> Bool { backups.contains(backup) }

  /// The last that was said of a removal.
  ///
  /// Of several logs the latest counts; but what was restored by its code is restored, whatever the clocks said.
  private func word(on name: String) -> Word? {
    guard let said = words[name]?.values else { return nil }
    let undone = Set(said.filter { !$0.isRemoval }.compactMap(\.code))
    return said.filter { word in !word.isRemoval || word.code.map(undone.contains) != true }
      .max { ($0.time, $0.isRemoval ? 1 : 0) < ($1.time, $1.isRemoval ? 1 : 0) }
  }

  /// What was removed and not restored since, as the log has it.
  package var standingRemovals: [ConfiguredName: RemovedGrants.Removal] {
    var standing: [ConfiguredName: RemovedGrants.Removal] = [:]
    for name in words.keys {
      guard let id = ConfiguredName(name), let word = word(on: name), word.isRemoval else { continue }
      standing[id] = RemovedGrants.Removal(
        by: "cordon", because: "the log has no entry that it was restored", proposal: nil, at: word.time)
    }
    return standing
  }

  /// Whether the last that was said of a removal is that it is undone.
  package func isRestored(_ id: ConfiguredName) -> Bool { word(on: id.description)?.isRemoval == false }

  /// Whether the logs have no word that a grant is removed, nor anything of it since `limit`.
  func hasNoRemoval(of id: ConfiguredName, since limit: Timestamp) -> Bool {
    word(on: id.description).map { !$0.isRemoval && $0.time <= limit } ?? true
  }

  /// On how many days after that of a moment anything was recorded.
  func days(after moment: Timestamp) -> Int { days.count { $0 > moment.day } }

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

extension Timestamp {
  /// The days since 1 January 1970.
  fileprivate var day: Int64 { milliseconds / 86_400_000 }
}
