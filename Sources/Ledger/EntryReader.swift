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

/// Reads the entries of a log in order, one at a time, and believes nothing that no signed seal covers.
///
/// Heads, checksums, order, sealed parts, the tree and the signature of every seal are checked as it goes: what is wrong
/// before the last seal is `damaged`. While another process writes it ends after the last seal. That nothing was cut
/// off it can tell as far as the published checkpoint goes, and from the whole log only what `AuditLog.verify` says as
/// well: that every blob is there, and that requests are opened and closed in order.
package struct EntryReader: ~Copyable {
  private var batches: SealedBatches
  private var batch: ArraySlice<SealedBatches.Entry> = []
  private let blobs: BlobStore?
  /// How many entries were looked at.
  package private(set) var evaluated: UInt64 = 0

  /// Reads the log of the data directory from the entry `start` on, with its sealed parts if `sealed` says so.
  ///
  /// The log must be signed by `key`, under the name that it has; where none is given, by the one in the directory: who
  /// could replace both is not found out.
  package init(
    data: String, signedBy key: VerifierKey? = nil, from start: UInt64 = 0, sealed: Bool = false
  ) throws(LedgerError) {
    let key = if let key { key } else { try Custody.verifier(data: data) }
    try self.init(LogDirectory(data: data), signedBy: key, from: start, sealed: sealed)
  }

  init(
    _ log: LogDirectory, signedBy key: VerifierKey, from start: UInt64 = 0, sealed: Bool = false
  ) throws(LedgerError) {
    batches = try SealedBatches(log, signedBy: key, from: start, parts: sealed)
    blobs = sealed ? BlobStore(log) : nil
  }

  /// Reads a log as far as it is whole, for those who say elsewhere that it is not; nil where it is not at all.
  static func whole(
    data: String, signedBy key: VerifierKey?, from start: UInt64 = 0
  ) throws(LedgerError) -> EntryReader? {
    do throws(LedgerError) {
      return try EntryReader(data: data, signedBy: key, from: start)
    } catch {
      guard case .damaged = error.code else { throw error }
      return nil
    }
  }

  /// The next entry; nil after the last one, and where the log is damaged.
  mutating func nextWhole() throws(LedgerError) -> StoredEntry? {
    do throws(LedgerError) {
      return try next()
    } catch {
      guard case .damaged = error.code else { throw error }
      return nil
    }
  }

  /// The next entry, of those that fit if a query is given; nil after the last one.
  package mutating func next(fitting query: SearchQuery? = nil) throws(LedgerError) -> StoredEntry? {
    while let found = try nextFound() {
      evaluated += 1
      if let query, !query.fits(found.json.span) { continue }
      return try entry(found)
    }
    return nil
  }

  private mutating func nextFound() throws(LedgerError) -> SealedBatches.Entry? {
    if batch.isEmpty {
      guard let next = try batches.next() else { return nil }
      batch = next[...]
    }
    return batch.popFirst()
  }

  private func entry(_ found: SealedBatches.Entry) throws(LedgerError) -> StoredEntry {
    guard let outline = EntryOutline(found.json.span) else { throw .damaged(Fault(.malformedEntry, at: found.index)) }
    var entry = StoredEntry(index: found.index, outline: outline, json: found.json)
    if let blobs { entry.sealed = try parts(of: outline, beside: found.parts, blobs) }
    return entry
  }

  /// The parts that follow an entry, and those in the blob store.
  private func parts(
    of outline: EntryOutline, beside found: [[UInt8]], _ blobs: BlobStore
  ) throws(LedgerError) -> [SealedPart?] {
    var beside = found[...]
    var parts: [SealedPart?] = []
    for reference in outline.parts {
      let bytes = reference.isBlob ? try blobs.read(reference.digest) : beside.popFirst()
      let part = bytes.flatMap { SealedPart(bytes: $0, commitment: reference.commitment) }
      parts.append(part?.digest == reference.digest ? part : nil)
    }
    return parts
  }
}
