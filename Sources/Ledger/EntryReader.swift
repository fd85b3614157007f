import Bytes
package import Ciphers

/// An entry as it is in the log.
package struct StoredEntry: Hashable, Sendable {
  /// Its index.
  package let index: UInt64
  /// What its beginning says.
  package let outline: EntryOutline
  /// Its bytes.
  package let json: [UInt8]
  /// Its sealed parts in the order of `outline.parts`, if they were asked for; nil where one is not there.
  package internal(set) var sealed: [SealedPart?] = []
}

/// Reads the entries of a log in order, one at a time.
///
/// It trusts what it reads: `AuditLog.verify` says whether the log is whole. It may read while another process writes,
/// and ends at the last whole record then.
package struct EntryReader: ~Copyable {
  private let segments: SegmentList
  private let blobs: BlobStore?
  private let start: UInt64
  private var following: ArraySlice<UInt64>
  private var reader: SegmentReader?
  private var ahead: Record?

  /// Reads the log of the data directory from the entry `start` on, with its sealed parts if `sealed` says so.
  package init(data: String, from start: UInt64 = 0, sealed: Bool = false) throws(LedgerError) {
    let segments = try SegmentList.notEmpty(in: LogDirectory(data: data))
    self.segments = segments
    self.start = start
    blobs = sealed ? BlobStore(LogDirectory(data: data)) : nil
    following = segments.firsts[(segments.firsts.lastIndex { $0 <= start } ?? 0)...]
    reader = nil
  }

  /// The next entry; nil after the last one.
  package mutating func next() throws(LedgerError) -> StoredEntry? {
    while let record = try nextRecord() {
      guard record.kind == .entry, record.sequence >= start, let json = reader?.body(of: record) else { continue }
      guard let outline = EntryOutline(json.span) else { throw .damaged(Fault(.malformedEntry, at: record.sequence)) }
      var entry = StoredEntry(index: record.sequence, outline: outline, json: json)
      if let blobs { entry.sealed = try parts(of: outline, at: record.sequence, blobs) }
      return entry
    }
    return nil
  }

  /// The parts that follow an entry, and those in the blob store.
  private mutating func parts(
    of outline: EntryOutline, at index: UInt64, _ blobs: BlobStore
  ) throws(LedgerError) -> [SealedPart?] {
    var parts: [SealedPart?] = []
    for reference in outline.parts {
      var bytes: [UInt8]?
      if reference.isBlob {
        bytes = try blobs.read(reference.digest)
      } else if let record = try nextRecord() {
        if record.kind == .part, record.sequence == index { bytes = reader?.body(of: record) } else { ahead = record }
      }
      let part = bytes.flatMap { SealedPart(bytes: $0, commitment: reference.commitment) }
      parts.append(part?.digest == reference.digest ? part : nil)
    }
    return parts
  }

  private mutating func nextRecord() throws(LedgerError) -> Record? {
    if let record = ahead {
      ahead = nil
      return record
    }
    while true {
      if let record = try reader?.next() { return record }
      guard let first = following.popFirst() else { return nil }
      reader = try SegmentReader(segments.path(first))
      _ = try reader?.head()
    }
  }
}
