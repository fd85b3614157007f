package import Bytes

extension ProvedLogs.Log {
  /// Hands its entries of these events to `body`, one after the other, from the entry `start` on; `seeing` is told of every
  /// entry.
  ///
  /// All of it is read, as it was signed, whatever is asked for: the search index is under no seal, and nobody would find out
  /// what is missing in it.
  ///
  /// - Returns: the index after the last entry.
  /// - Throws: `LedgerError` when it cannot be read, and what `body` throws.
  @discardableResult
  package func read(
    _ events: Set<Event>, from start: UInt64 = 0, seeing: (EntryOutline) -> Void = { _ in },
    _ body: (EntryOutline, JSONValue) throws -> Void
  ) throws -> UInt64 {
    var end = start
    var entries = try EntryReader(data: data, signedBy: key, from: start)
    while let entry = try entries.next() {
      end = entry.index + 1
      seeing(entry.outline)
      if events.contains(entry.outline.event) { try body(entry.outline, JSONValue(parsing: entry.json)) }
    }
    return end
  }
}
