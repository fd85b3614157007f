/// Finds entries that were written not long ago.
package enum RecentEntries {
  // An entry may lie so far before those of its time: clocks are set back, and entries wait for one another.
  private static let margin: Int64 = 3_600_000

  /// The first entries of these requests in the log of a data directory, among those that were written since a time.
  package static func find(
    _ requests: Set<RequestID>, since: Timestamp, in data: String
  ) throws -> [RequestID: UInt64] {
    var found: [RequestID: UInt64] = [:]
    try read(since: since, in: data) { entry in
      guard let request = entry.outline.request, requests.contains(request) else { return }
      found[request] = found[request] ?? entry.index
    }
    return found
  }

  /// Gives `body` the entries of the log of a data directory that were written since a time, and some before it.
  ///
  /// It reads from the last segment on that began before then, and no more.
  package static func read(since: Timestamp, in data: String, _ body: (StoredEntry) throws -> Void) throws {
    let segments = try SegmentList(in: LogDirectory(data: data).segments).firsts
    guard var start = segments.first else { return }
    for first in segments.reversed() {
      var reader = try EntryReader(data: data, from: first)
      guard let entry = try reader.next() else { continue }
      start = first
      if entry.outline.time.milliseconds < since.milliseconds - margin { break }
    }
    var reader = try EntryReader(data: data, from: start)
    while let entry = try reader.next() { try body(entry) }
  }
}
