import Ledger
package import Vault

/// The events of the vault that are in a log already.
package enum RecordedEvents {
  /// The request under which an event is in the log.
  static func request(of event: VaultEvent) -> RequestID? { RequestID("event-\(event.id)") }

  /// Where those of `events` are that are in one of the logs of a data directory, by their ids.
  ///
  /// It reads what was written since the oldest of them happened.
  package static func find(_ events: [VaultEvent], data: String) throws -> [String: UInt64] {
    guard let oldest = events.map(\.time.milliseconds).min() else { return [:] }
    var ids: [RequestID: String] = [:]
    for event in events {
      if let request = request(of: event) { ids[request] = event.id }
    }
    var found: [String: UInt64] = [:]
    for log in try ShardedLog.logs(of: data) {
      let there = try RecentEntries.find(
        Set(ids.keys), since: Timestamp(milliseconds: oldest), in: log.data)
      for (request, index) in there {
        if let id = ids[request] { found[id] = found[id] ?? index }
      }
    }
    return found
  }
}
