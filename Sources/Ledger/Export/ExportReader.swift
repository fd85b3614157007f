import Ciphers

/// Reads the entries that are exported, in order, up to the published checkpoint.
///
/// Entries beyond the checkpoint come with the next export. What leaves is covered by the seal of its batch, which is
/// checked before the first entry of the batch is given, and the tree of what was read by the checkpoint.
package struct ExportReader: ~Copyable {
  /// An entry and where it is.
  package struct Item: Hashable, Sendable {
    /// Where it is.
    package let place: LogPlace
    /// Its public JSON.
    package let json: [UInt8]
  }

  /// The checkpoint that covers the export.
  package private(set) var checkpoint: Checkpoint
  private let log: LogDirectory
  private let key: VerifierKey
  private let selection: ExportSelection
  private let resumed: ExportCursor?
  private var batches: SealedBatches
  private var batch: ArraySlice<SealedBatches.Entry> = []
  /// The entry that comes next.
  private var position: UInt64
  private var latest: ExportCursor?

  /// Reads the selected entries of the log of a data directory; with a cursor, those after it.
  ///
  /// It refuses a log that no longer has the entry of the cursor.
  package init(
    data: String, key: VerifierKey, selection: ExportSelection = ExportSelection(), after cursor: ExportCursor? = nil
  ) throws(ExportError) {
    if let cursor, cursor.origin != key.name { throw ExportError(.otherLog, at: cursor.index) }
    let log = LogDirectory(data: data)
    // INVARIANT: the checkpoint is read before the segments, so that they hold all that it covers.
    let checkpoint = try ExportReader.checkpoint(of: log, key)
    if let cursor, cursor.index >= checkpoint.size {
      throw ExportError(.gap(size: checkpoint.size), at: cursor.index)
    }
    let start = max(selection.first, cursor?.index ?? 0)
    batches = try ExportReader.reading { () throws(LedgerError) in try SealedBatches(log, signedBy: key, from: start) }
    position = start
    self.checkpoint = checkpoint
    self.log = log
    self.key = key
    self.selection = selection
    resumed = cursor
  }

  /// The cursor after what was read so far.
  package var cursor: ExportCursor? { latest ?? resumed }

  /// The next selected entry; nil after the last one.
  package mutating func next() throws(ExportError) -> Item? {
    while position < checkpoint.size, selection.last.map({ position <= $0 }) != false || isBeforeCursor {
      guard let entry = try nextEntry() else {
        throw ExportReader.damaged(Fault(.truncated(signed: checkpoint.size), at: position))
      }
      let (index, json) = (entry.index, entry.json)
      position = index + 1
      let leaf = MerkleTree.leaf(json.span)
      if let resumed, index <= resumed.index {
        guard index < resumed.index || leaf == resumed.leaf else { throw ExportError(.fork, at: index) }
        continue
      }
      latest = ExportCursor(origin: checkpoint.origin, index: index, leaf: leaf)
      guard let outline = EntryOutline(json.span) else {
        throw ExportReader.damaged(Fault(.malformedEntry, at: index))
      }
      guard selection.includes(index, outline) else { continue }
      return Item(
        place: LogPlace(origin: checkpoint.origin, index: index, leaf: leaf, checkpointSize: checkpoint.size),
        json: json)
    }
    return nil
  }

  /// Goes on to the checkpoint that is published now, with nothing read again.
  ///
  /// It refuses a log that has become shorter. Call it when `next` has given nil.
  package mutating func renew() throws(ExportError) {
    let newest = try ExportReader.checkpoint(of: log, key)
    guard newest.size >= checkpoint.size else {
      throw ExportError(.gap(size: newest.size), at: checkpoint.size - 1)
    }
    let (log, key, place, start) = (log, key, batches.place, position)
    batches = try ExportReader.reading { () throws(LedgerError) in
      guard let place else { return try SealedBatches(log, signedBy: key, from: start) }
      return try SealedBatches(log, signedBy: key, after: place)
    }
    checkpoint = newest
  }

  private var isBeforeCursor: Bool { resumed.map { position <= $0.index } ?? false }

  private mutating func nextEntry() throws(ExportError) -> SealedBatches.Entry? {
    while true {
      while let entry = batch.popFirst() {
        if entry.index >= position { return entry }
      }
      do throws(LedgerError) {
        guard let next = try batches.next() else { return nil }
        batch = next[...]
      } catch {
        throw ExportError(.ledger(error), at: ExportReader.place(of: error) ?? position)
      }
    }
  }

  private static func place(of error: LedgerError) -> UInt64? {
    guard case .damaged(let fault) = error.code else { return nil }
    return fault.index
  }

  /// The checkpoint that is published now.
  static func checkpoint(of log: LogDirectory, _ key: VerifierKey) throws(ExportError) -> Checkpoint {
    try reading { () throws(LedgerError) in
      switch try log.checkpoint(signedBy: key) {
      case .success(let checkpoint): return checkpoint
      case .failure(let fault): throw try log.isEmpty() ? LedgerError(.missing) : .damaged(fault)
      }
    }
  }

  private static func damaged(_ fault: Fault) -> ExportError {
    ExportError(.ledger(.damaged(fault)), at: fault.index)
  }

  private static func reading<Value: ~Copyable>(
    _ read: () throws(LedgerError) -> Value
  ) throws(ExportError) -> Value {
    do throws(LedgerError) { return try read() } catch { throw ExportError(.ledger(error), at: place(of: error) ?? 0) }
  }
}
