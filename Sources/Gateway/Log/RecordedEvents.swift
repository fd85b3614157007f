import Bytes
package import Ciphers
import Ledger
package import Vault

/// The events of the vault that are in a log already.
///
/// Only what the vault's own key signed counts, and only as the very entry that the event becomes: an event that is taken
/// for recorded is not handed over again, and what it announces is carried out.
package enum RecordedEvents {
  /// The request under which an event is in the log; nil where its id is too long for one.
  static func request(of event: VaultEvent) -> RequestID? { RequestID("event-\(event.id)") }

  /// Where those of `events` are that are in one of the logs of a data directory which `key` signs, by their ids; `altered`
  /// when one of those says something else under the id of one.
  ///
  /// It reads what was written since the oldest of them happened. An event whose id is too long for a request is the entry
  /// that says all that it says. A log that is another's, or that does not have the name of its place, says nothing; nor
  /// does one that is damaged, from there on: an event is then recorded once more, which is seen, and harms nobody.
  package static func find(
    _ events: [VaultEvent], data: String, signedBy key: VerificationKey
  ) throws -> [String: UInt64] {
    guard let oldest = events.map(\.time.milliseconds).min() else { return [:] }
    var named: [RequestID: VaultEvent] = [:]
    var nameless: [VaultEvent] = []
    for event in events {
      if let request = request(of: event) { named[request] = event } else { nameless.append(event) }
    }
    var found: [String: UInt64] = [:]
    for log in try ShardedLog.logs(of: data) {
      guard let verifier = try ShardedLog.verifier(of: log, in: data, signedBy: key) else { continue }
      try RecentEntries.read(since: Timestamp(milliseconds: oldest), in: log.data, signedBy: verifier) { entry in
        let event: VaultEvent
        if let request = entry.outline.request {
          guard let known = named[request] else { return }
          guard says(entry, known) else { throw VaultError(.altered(.outbox)) }
          event = known
        } else {
          guard let known = nameless.first(where: { isOf(entry, $0) && says(entry, $0) }) else { return }
          event = known
        }
        found[event.id] = found[event.id] ?? entry.index
      }
    }
    return found
  }

  /// Whether an entry may be that of an event, by its beginning.
  private static func isOf(_ stored: StoredEntry, _ event: VaultEvent) -> Bool {
    stored.outline.event.rawValue == event.name.rawValue
      && stored.outline.time == Timestamp(milliseconds: event.time.milliseconds)
  }

  /// Whether an entry says what the entry for an event would; it may say more, of its sealed parts.
  private static func says(_ stored: StoredEntry, _ event: VaultEvent) -> Bool {
    guard let entry = Entry(event), let expected = (try? JSONValue(parsing: entry.json))?.members,
      let found = try? JSONValue(parsing: stored.json)
    else { return false }
    return expected.allSatisfy { $0.name == "v" || found[$0.name] == $0.value }
  }
}
