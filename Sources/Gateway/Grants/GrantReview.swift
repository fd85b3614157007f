import Ciphers
package import Ledger

/// What a configuration grants, with what the log says of each, and what of it should be removed.
package struct GrantReview: Sendable {
  /// What is to be said of a grant.
  package enum Finding: Hashable, Sendable {
    /// It was used within the time.
    case used
    /// It was given within the time.
    case young
    /// The log does not say when it was given: no gateway has begun with it.
    case unrecorded
    /// The log is younger than the time, and says nothing of what was before.
    case logTooShort
    /// It is not in force.
    case lapsed(GrantLapse)
    /// It was not used for all of the time: its removal is proposed, under this name.
    case unused(proposal: String)
  }

  /// One grant.
  package struct Item: Sendable {
    package let grant: Grant
    package let id: ConfiguredName
    package let terms: GrantTerms
    /// When it was given; nil when the log does not say.
    package let given: Timestamp?
    /// When it was used last; nil when it never was.
    package let used: Timestamp?
    /// When its removal was proposed, since it was given and used; nil when it was not.
    package let proposed: Timestamp?
    package let finding: Finding
    /// Whether it may be removed without anybody: it was proposed long enough ago, and is unused for as many days as the log
    /// has something of, by a clock that has not jumped.
    package let isRemovable: Bool
    /// The name of a proposal to remove it, made or not; nil when the log does not say when it was given.
    package let proposal: String?
  }

  /// For how many days a removal has to have been proposed before it is done without anybody.
  package static let daysToObject = 7

  /// Every grant, in the order of their ids; of people only those whose pseudonyms are known.
  package let items: [Item]
  /// How many days something has to be unused.
  package let days: Int
  /// When it was made.
  let moment: Timestamp
  /// Since when the log has everything.
  package let begins: Timestamp?
  /// How many entries were read.
  package let entries: Int

  /// The review at a moment.
  package init(
    _ grants: [Grant: GrantTerms], lapsed: [Grant: GrantLapse], by history: GrantHistory,
    _ pseudonyms: [String: Pseudonym], days: Int, at now: Timestamp
  ) {
    let limit = Timestamp(milliseconds: now.milliseconds - Int64(days) * 86_400_000)
    (self.days, moment) = (days, now)
    (begins, entries) = (history.begins, history.entries)
    let weekAgo = Timestamp(milliseconds: now.milliseconds - Int64(Self.daysToObject) * 86_400_000)
    let isSteady = history.stepped.map { $0 <= limit } != false
    var items: [Item] = []
    for (grant, terms) in grants {
      guard let id = grant.id(pseudonyms) else { continue }
      let (given, used) = (history.given(id), history.lastUse(of: grant, pseudonyms))
      let proposal = given.map { GrantReview.proposal(id, given: $0) }
      let finding: Finding
      if let lapse = lapsed[grant] {
        finding = .lapsed(lapse)
      } else if let used, used > limit {
        finding = .used
      } else if let given, let proposal {
        // A log that begins within the time has nothing of what was before it.
        let isWhole = history.begins.map { $0 <= limit } == true
        finding = given > limit ? .young : isWhole ? .unused(proposal: proposal) : .logTooShort
      } else {
        finding = .unrecorded
      }
      // What was given back or used since is to be proposed anew.
      let last = [given, used].compactMap(\.self).max()
      let proposed = history.proposed(id).flatMap { time in last.map { $0 <= time } == true ? time : nil }
      // Days of which the log has nothing are no evidence: nobody was there to use it.
      let isProved = last.map { history.days(after: $0) >= days } == true
      let mayBeKnown = proposed.map { $0 <= weekAgo && history.days(after: $0) >= Self.daysToObject } == true
      var isUnused: Bool { if case .unused = finding { true } else { false } }
      items.append(
        Item(
          grant: grant, id: id, terms: terms, given: given, used: used, proposed: proposed, finding: finding,
          isRemovable: isUnused && isProved && mayBeKnown && isSteady, proposal: proposal))
    }
    self.items = items.sorted { $0.id.description < $1.id.description }
  }

  /// What should be removed.
  package var proposals: [Item] {
    items.filter { if case .unused = $0.finding { true } else { false } }
  }

  /// The name of the proposal to remove what was given then.
  private static func proposal(_ id: ConfiguredName, given: Timestamp) -> String {
    "GP-\(Digest(hashing: Array("\(id) \(given)".utf8).span).description.prefix(12))"
  }
}
