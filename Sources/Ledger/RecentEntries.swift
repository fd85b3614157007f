/// Finds entries that were written not long ago, by their requests.
package enum RecentEntries {
  // An entry may lie so far before those of its time: clocks are set back, and entries wait for one another.
  private static let margin: Int64 = 3_600_000

  /// The first entries of these requests in the log of a data directory, among those that were written since a time.
  package static func find(
    _ requests: Set<RequestID>, since: Timestamp, in data: String, signedBy key: VerifierKey? = nil
  ) throws -> [RequestID: UInt64] {
    var found: [RequestID: UInt64] = [:]
    try read(since: since, in: data, signedBy: key) { entry in
      guard let request = entry.outline.request, requests.contains(request) else { return }
      found[request] = found[request] ?? entry.index
    }
    return found
  }

  /// Gives `body` the entries of the log of a data directory that were written since a time, and some before it.
  ///
  /// The log must be signed by `key`. It reads from the last segment on that began before then, and no more; what a log
  /// has before damage it gives as well.
  package static func read(
    since: Timestamp, in data: String, signedBy key: VerifierKey? = nil, _ body: (StoredEntry) throws -> Void
  ) throws {
    let segments = try SegmentList(in: LogDirectory(data: data).segments).firsts
    guard var start = segments.first else { return }
    for first in segments.reversed() {
      var reader = try EntryReader.whole(data: data, signedBy: key, from: first)
      guard let entry = try reader?.nextWhole() else { continue }
      start = first
      if entry.outline.time.milliseconds < since.milliseconds - margin { break }
    }
    var reader = try EntryReader.whole(data: data, signedBy: key, from: start)
    while let entry = try reader?.nextWhole() { try body(entry) }
  }
}
