import Bytes

/// An entry as it is in the log.
package struct StoredEntry: Hashable, Sendable {
  /// Its index.
  package let index: UInt64
  /// What its beginning says.
  package let outline: EntryOutline
  /// Its bytes.
  package let json: [UInt8]
}

/// Reads the entries of a log in order, one at a time.
///
/// It trusts what it reads: `AuditLog.verify` says whether the log is whole. It may read while another process writes,
/// and ends at the last whole record then.
package struct EntryReader: ~Copyable {
  private let segments: SegmentList
  private var following: ArraySlice<UInt64>
  private var reader: SegmentReader?

  /// Reads the log of the data directory from its first entry.
  package init(data: String) throws(LedgerError) {
    let segments = try SegmentList.notEmpty(data: data)
    self.segments = segments
    following = segments.firsts[...]
    reader = nil
  }

  /// The next entry; nil after the last one.
  package mutating func next() throws(LedgerError) -> StoredEntry? {
    while true {
      if let record = try reader?.next() {
        guard record.kind == .entry, let json = reader?.body(of: record) else { continue }
        guard let outline = EntryOutline(json.span) else {
          throw .damaged(Fault(.malformedEntry, at: record.sequence))
        }
        return StoredEntry(index: record.sequence, outline: outline, json: json)
      }
      guard let first = following.popFirst() else { return nil }
      reader = try SegmentReader(segments.path(first))
      _ = try reader?.head()
    }
  }
}
