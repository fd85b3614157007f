import Bytes
import Ciphers
import Ledger
package import Vault

/// The restores that logs have, beside the changes of the register.
package struct RestoresInLogs: Sendable {
  /// When they were, but for those that were known.
  private(set) var restores: [Int64] = []
  /// All of them, by when they were.
  package private(set) var seen: Set<Int64>
  private let known: Set<Int64>
  private var firstChange: Int64?
  private var hasChange = false
  private var followsChange = false

  /// None yet; those of these times were seen when the register was compared before.
  package init(known: Set<Int64> = []) { (self.known, seen) = (known, known) }

  /// Goes on with another log.
  package mutating func beginLog() { hasChange = false }

  /// Notes a change of the register, at a time in milliseconds since 1970.
  package mutating func noteChange(at time: Int64) {
    hasChange = true
    firstChange = min(firstChange ?? time, time)
  }

  /// Notes a restore, at a time in milliseconds since 1970.
  package mutating func noteRestore(at time: Int64) {
    seen.insert(time)
    guard !known.contains(time) else { return }
    restores.append(time)
    if hasChange { followsChange = true }
  }

  /// Whether one of them may have lost something: where the register was never compared, one after the first change.
  package func mayHaveLost(wasCompared: Bool) -> Bool {
    guard !wasCompared else { return !restores.isEmpty }
    return followsChange || firstChange.map { first in restores.contains { $0 >= first } } ?? false
  }
}

/// What logs say of the changes of the register of consents.
package struct RegisterChanges: Sendable {
  /// One change: the codes of what was there and of what is.
  package struct Change: Hashable, Sendable {
    let at: Int64
    let before: [UInt8]?
    let after: [UInt8]?
    let said: String?

    /// A change at a time in milliseconds since 1970.
    package init(at: Int64, before: [UInt8]?, after: [UInt8]?, said: String?) {
      (self.at, self.before, self.after, self.said) = (at, before, after, said)
    }
  }

  private(set) var ofTags: [Digest: [Change]] = [:]
  private var restores: RestoresInLogs
  /// When backups were restored, so that changes may be in no log.
  var restored: [Int64] { restores.mayHaveLost(wasCompared: wasCompared) ? restores.restores : [] }
  private let wasCompared: Bool
  /// How far each log was read, and which restores were seen: a log that was given up is read from its beginning again.
  private(set) var reached: [String: UInt64] = [:]

  /// Reads each log from where `began` says; one that was given up, from its beginning.
  init(in logs: ProvedLogs, from began: [String: UInt64], _ epochs: [String: UInt32]) throws {
    wasCompared = !began.isEmpty
    restores = RestoresInLogs(
      known: Set(began.keys.compactMap { $0.hasPrefix(Self.restore) ? Int64($0.dropFirst(Self.restore.count)) : nil }))
    for log in logs.logs {
      restores.beginLog()
      let place = LogMarking.name(of: log.replica)
      let name = "\(place)@\(epochs[place] ?? 0)"
      reached[name] = try log.read(Self.events, from: began[name] ?? 0) { take($0, $1) }
    }
    for time in restores.seen { reached["\(Self.restore)\(time)"] = 1 }
    guard logs.logs.count > 1 else { return }
    for tag in ofTags.keys { ofTags[tag] = ofTags[tag].map(Self.inOrder) }
  }

  // No log is called so: the names of logs end with `@` and how often they were given up.
  private static let restore = "restored "

  /// What several logs say of one register, in the order in which the vault did it: each change goes on from the one before.
  ///
  /// By the times, which a clock may have set back, goes only which of several beginnings was first.
  package static func inOrder(_ changes: [Change]) -> [Change] {
    var codes: Set<[UInt8]?> = []
    var rest = changes.sorted { $0.at < $1.at }.filter { codes.insert($0.after).inserted }
    var ordered: [Change] = []
    while !rest.isEmpty {
      var next = ordered.last.flatMap { last in rest.firstIndex { $0.before == last.after } }
      if next == nil {
        let made = Set(rest.map(\.after))
        next = rest.firstIndex { !made.contains($0.before) }
      }
      ordered.append(rest.remove(at: next ?? 0))
    }
    return ordered
  }

  /// What tells of the register.
  private static let events: Set<Event> = [.restoreCompleted, .consentRecorded, .consentEnded]

  private mutating func take(_ outline: EntryOutline, _ json: JSONValue) {
    let time = outline.time.milliseconds
    switch outline.event {
    case .restoreCompleted: restores.noteRestore(at: time)
    case .consentRecorded, .consentEnded:
      restores.noteChange(at: time)
      guard let tag = json["object"]?.string.flatMap({ Digest(hexadecimal: $0) }) else { return }
      func code(_ name: String) -> [UInt8]? { json[name]?.string.flatMap { Digest(hexadecimal: $0) }?.bytes }
      let change = Change(
        at: time, before: code("before"), after: code("after"), said: json["justification"]?.string)
      ofTags[tag, default: []].append(change)
    default: break
    }
  }

  /// Whether changes end elsewhere than the register stands, or one of them does not go on from the one before: then
  /// something was put back in between, and one of them is lost.
  ///
  /// - Parameters:
  ///   - changes: those in the logs, in order.
  ///   - later: those that the vault has told of, in order, which may be in the logs or not yet.
  ///   - stand: how the register stands.
  /// - Returns: whether the register is behind.
  package static func lead(_ changes: [Change], and later: [Change], elsewhereThan stand: ConsentStand) -> Bool {
    // A change that was told again is no other.
    var codes: Set<[UInt8]?> = []
    let changes = changes.filter { codes.insert($0.after).inserted }
    switch stand {
    case .destroyed: return false
    case .nobody: return true
    case .holds(let code):
      guard !zip(changes, changes.dropFirst()).contains(where: { $0.after != $1.before }) else { return true }
      return later.reduce(changes.last?.after) { $1.before == $0 ? $1.after : $0 } != code
    }
  }
}

extension RegisterChanges.Change {
  init(_ event: VaultEvent) {
    self.init(
      at: event.time.milliseconds, before: event.change.before?.bytes, after: event.change.after?.bytes,
      said: event.reason)
  }
}
