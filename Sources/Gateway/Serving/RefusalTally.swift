package import Ledger
import Synchronization

/// Which refusals have an entry of their own, and which share one.
///
/// Whoever is refused before a limit was asked costs the log its disk and proves nothing of themselves. So a source has as
/// many entries of its own in a minute as `most`, all who are not known together as many as `mostOfStrangers`; what comes
/// beyond is counted, and has one entry for each source, rule and operation when the minute is over. No refusal is lost
/// from the sum, unless the process is killed within the minute.
package final class RefusalTally: Sendable {
  /// How many refusals of one source in a minute have an entry each.
  static let most = 60
  /// How many of all who are not known.
  static let mostOfStrangers = 600
  /// How many entries the rest of a minute has at most for those who are not known.
  ///
  /// What is too many shares one for each rule that names no source. Those who are known are as many as the configuration
  /// has, and are always named.
  package static let mostShared = 128
  /// How many of the users whom one caller names have entries of their own beside each other's.
  static let mostUsers = 16

  fileprivate static let minute: Int64 = 60_000_000

  /// Whose refusals share an entry, and why they were refused.
  package struct Kind: Hashable, Sendable {
    var caller: ConfiguredName?
    var client: ConfiguredName?
    var operation: ConfiguredName?
    var rule: ConfiguredName?
    /// The limit that it has to wait for, where it is one.
    var object: ConfiguredName?
    var status: Int

    /// What the entry of a refusal says.
    package init(_ entry: Entry) {
      (caller, client, operation) = (entry.caller, entry.client, entry.operation)
      (rule, object, status) = (entry.rule, entry.object, entry.status ?? 0)
    }
  }

  /// What becomes of a refusal.
  package enum Place: Hashable, Sendable {
    /// It has an entry of its own.
    case own
    /// It was counted; so many seconds are left until its source has entries of its own again.
    case shared(seconds: Int)
  }

  fileprivate struct Source: Hashable {
    var caller: ConfiguredName?
    var client: ConfiguredName?
    /// The member of the workforce whom the caller names, as a hash.
    var user: Int?
  }

  fileprivate struct State {
    /// When the minute began.
    var begin: Int64?
    var own: [Source: Int] = [:]
    /// The users of each caller who have entries of their own.
    var users: [ConfiguredName: Set<Int>] = [:]
    var strangers = 0
    var shared = Counts()
    /// What was counted in minutes that are over.
    var due = Counts()
  }

  /// How many refusals there were of which kinds.
  fileprivate struct Counts {
    private var numbers: [Kind: Int] = [:]
    /// How many of the kinds are of those who are not known.
    private var strangeKinds = 0
  }

  private let state = Mutex(State())

  /// A tally of nothing yet.
  package init() {}

  /// Takes a refusal in; `user` is whom a caller that is known names.
  package func take(_ kind: Kind, of user: String? = nil, at now: Int64) -> Place {
    state.withLock { state in
      state.turn(at: now)
      var source = Source(caller: kind.caller, client: kind.caller == nil ? kind.client : nil)
      if let caller = kind.caller, let user = user?.hashValue {
        // Whom the rest of the users of a caller use up, one of the first does not: nobody hides behind many.
        if state.users[caller, default: []].count < Self.mostUsers { state.users[caller, default: []].insert(user) }
        if state.users[caller]?.contains(user) == true { source.user = user }
      }
      let isStranger = kind.caller == nil
      if state.own[source, default: 0] < Self.most, !isStranger || state.strangers < Self.mostOfStrangers {
        state.own[source, default: 0] += 1
        if isStranger { state.strangers += 1 }
        return .own
      }
      state.shared.add(1, of: kind)
      let left = (state.begin ?? now) + Self.minute - now
      return .shared(seconds: Int(max(1, (left + 999_999) / 1_000_000)))
    }
  }

  /// What was counted in minutes that are over, or at all when the process ends.
  package func takeDue(at now: Int64, atEnd: Bool = false) -> [(kind: Kind, count: Int)] {
    state.withLock { state in
      if atEnd { state.close() } else { state.turn(at: now) }
      defer { state.due = Counts() }
      return state.due.sorted
    }
  }

  /// Puts back what the log did not take: with what is due by now of the same kind, so that a log that takes nothing for long
  /// leaves no more to write.
  package func putBack(_ counted: [(kind: Kind, count: Int)]) {
    state.withLock { state in
      for (kind, count) in counted { state.due.add(count, of: kind) }
    }
  }
}

extension RefusalTally.State {
  /// Begins another minute when the last is over.
  fileprivate mutating func turn(at now: Int64) {
    guard let begin else {
      begin = now
      return
    }
    guard now - begin >= RefusalTally.minute else { return }
    close()
    self.begin = now
  }

  fileprivate mutating func close() {
    for (kind, count) in shared.sorted { due.add(count, of: kind) }
    (shared, own, users, strangers, begin) = (RefusalTally.Counts(), [:], [:], 0, nil)
  }
}

extension RefusalTally.Counts {
  /// The kinds with their numbers, the most frequent first.
  fileprivate var sorted: [(kind: RefusalTally.Kind, count: Int)] {
    numbers.sorted { $0.value > $1.value }.map { ($0.key, $0.value) }
  }

  fileprivate mutating func add(_ number: Int, of kind: RefusalTally.Kind) {
    var kind = kind
    if kind.caller == nil, numbers[kind] == nil, strangeKinds >= RefusalTally.mostShared {
      (kind.client, kind.operation) = (nil, nil)
    }
    if kind.caller == nil, numbers[kind] == nil { strangeKinds += 1 }
    numbers[kind, default: 0] += number
  }
}
