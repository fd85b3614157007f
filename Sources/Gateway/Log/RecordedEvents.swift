import Bytes
import Ledger
package import Vault

/// The events of the vault that are in a log already.
package enum RecordedEvents {
  /// The request under which an event is in the log; nil where its id is too long for one.
  static func request(of event: VaultEvent) -> RequestID? { RequestID("event-\(event.id)") }

  /// Where those of `events` are that are in one of the logs of a data directory, by their ids; `altered` when a log says
  /// something else under the id of one.
  ///
  /// It reads what was written since the oldest of them happened. An event whose id is too long for a request is the entry
  /// that says all that it says.
  package static func find(_ events: [VaultEvent], data: String) throws -> [String: UInt64] {
    guard let oldest = events.map(\.time.milliseconds).min() else { return [:] }
    var named: [RequestID: VaultEvent] = [:]
    var nameless: [VaultEvent] = []
    for event in events {
      if let request = request(of: event) { named[request] = event } else { nameless.append(event) }
    }
    var found: [String: UInt64] = [:]
    for log in try ShardedLog.logs(of: data) {
      try RecentEntries.read(since: Timestamp(milliseconds: oldest), in: log.data) { entry in
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
