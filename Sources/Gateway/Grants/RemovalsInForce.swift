package import Ledger

/// What was taken away, as a process knows it: what the file has, and what has left the file without a word of the log.
package struct RemovalsInForce: Sendable {
  /// What has left the file.
  package struct Withheld: Hashable, Sendable {
    let removal: RemovedGrants.Removal
    /// Since when, in milliseconds of Unix time.
    let since: Int64
  }

  /// What is to be done of it by the logs.
  package struct Verdict: Sendable {
    /// What is given back: the logs say that it is restored.
    package internal(set) var restored: [ConfiguredName: Withheld] = [:]
    /// What has left the file though no log says so, and has to be in it again.
    package internal(set) var missing: [ConfiguredName: RemovedGrants.Removal] = [:]
    /// What the file has and no log has a word of.
    package internal(set) var unsaid: [ConfiguredName: RemovedGrants.Removal] = [:]
  }

  /// What a command notes is in the log after so many milliseconds.
  package static let word: Int64 = 10_000
  /// What it does without the vault is in no log: after so many milliseconds nobody will say it.
  package static let silence: Int64 = 60_000

  /// How often the file has said something else.
  private(set) var number = 0
  /// When it did last, in milliseconds of Unix time.
  private(set) var changed: Int64 = 0
  /// What it says of a restore after which nobody has settled what is granted.
  private(set) var restore: RemovedGrants.Restore?
  /// What the file has.
  private(set) var listed: [ConfiguredName: RemovedGrants.Removal] = [:]
  /// What the file has no more, and no log that was read says is restored.
  private(set) var withheld: [ConfiguredName: Withheld] = [:]

  /// All that is taken away.
  var all: [ConfiguredName: RemovedGrants.Removal] {
    listed.merging(withheld.mapValues(\.removal)) { listed, _ in listed }
  }

  /// Nothing yet.
  package init() {}

  /// What logs make of it that were read after it was looked at, at a time in milliseconds of Unix time.
  ///
  /// What is restored is in a log before it leaves the file: what both do not have, somebody has taken out.
  package func judged(by history: GrantHistory, at now: Int64) -> Verdict {
    var verdict = Verdict()
    for (id, kept) in withheld {
      if history.isRestored(id) {
        verdict.restored[id] = kept
      } else if now - kept.since >= Self.word {
        verdict.missing[id] = kept.removal
      }
    }
    for (id, removal) in history.standingRemovals where listed[id] == nil && withheld[id] == nil {
      verdict.missing[id] = removal
    }
    let limit = Timestamp(milliseconds: now - Self.silence)
    guard changed <= limit.milliseconds else { return verdict }
    for (id, removal) in listed where history.hasNoRemoval(of: id, since: limit) { verdict.unsaid[id] = removal }
    return verdict
  }

  /// Takes up what the file has now, at a time in milliseconds of Unix time.
  package mutating func take(_ read: RemovedGrants, at time: Int64) {
    restore = read.restore
    guard read.removals != listed else { return }
    for (id, removal) in listed where read.removals[id] == nil {
      withheld[id] = Withheld(removal: removal, since: time)
    }
    for id in read.removals.keys { withheld[id] = nil }
    listed = read.removals
    (number, changed) = (number + 1, time)
  }

  /// Gives back what the log says is restored; not what has left the file anew since.
  mutating func release(_ restored: [ConfiguredName: Withheld]) {
    for (id, known) in restored where withheld[id] == known { withheld[id] = nil }
  }
}
