import Ciphers

/// Reads the entries that are exported, in order, up to the published checkpoint.
///
/// Entries beyond the checkpoint come with the next export: what leaves is covered by a signature. A reading that goes
/// as far as the checkpoint ends with an error unless the tree of what was read has the root that was signed.
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
  private var segments: SegmentList
  private var following: ArraySlice<UInt64>
  /// The first entry of the segment that is read.
  private var opened: UInt64?
  private var reader: SegmentReader?
  private var tree = Frontier()
  private var latest: ExportCursor?

  /// Reads the selected entries of the log of a data directory; with a cursor, those after it.
  ///
  /// It refuses a log that no longer has the entry of the cursor.
  package init(
    data: String, key: VerifierKey, selection: ExportSelection = ExportSelection(), after cursor: ExportCursor? = nil
  ) throws(ExportError) {
    if let cursor, cursor.origin != key.name { throw ExportError(.otherLog, at: cursor.index) }
    let log = LogDirectory(data: data)
    let (checkpoint, segments) = try ExportReader.state(of: log, key)
    if let cursor, cursor.index >= checkpoint.size {
      throw ExportError(.gap(size: checkpoint.size), at: cursor.index)
    }
    self.checkpoint = checkpoint
    self.log = log
    self.segments = segments
    self.key = key
    self.selection = selection
    resumed = cursor
    let start = max(selection.first, cursor?.index ?? 0)
    following = segments.firsts[(segments.firsts.lastIndex { $0 <= start } ?? 0)...]
    reader = nil
  }

  /// The cursor after what was read so far.
  package var cursor: ExportCursor? { latest ?? resumed }

  /// The next selected entry; nil after the last one.
  package mutating func next() throws(ExportError) -> Item? {
    while tree.size < checkpoint.size, selection.last.map({ tree.size <= $0 }) != false || isBeforeCursor {
      guard let (index, json) = try nextEntry() else {
        throw ExportReader.damaged(Fault(.truncated(signed: checkpoint.size), at: tree.size))
      }
      let leaf = MerkleTree.leaf(json.span)
      tree.append(leaf)
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
    if tree.size == checkpoint.size, checkpoint.size > 0, tree.root != checkpoint.root {
      throw ExportReader.damaged(Fault(.changed(before: checkpoint.size), at: 0))
    }
    return nil
  }

  /// Goes on to the checkpoint that is published now, with no more read again than it has to be.
  ///
  /// It refuses a log that has become shorter. Call it when `next` has given nil.
  package mutating func renew() throws(ExportError) {
    let (newest, list) = try ExportReader.state(of: log, key)
    guard newest.size >= checkpoint.size else {
      throw ExportError(.gap(size: newest.size), at: checkpoint.size - 1)
    }
    // Before the first segment is opened, the list that is there serves: it has the segment to begin with.
    if let opened { following = list.firsts.drop { $0 <= opened } }
    (checkpoint, segments) = (newest, list)
  }

  private var isBeforeCursor: Bool { resumed.map { tree.size <= $0.index } ?? false }

  private mutating func nextEntry() throws(ExportError) -> (UInt64, [UInt8])? {
    while true {
      if let record = try read() {
        guard record.kind == .entry, let json = reader?.body(of: record) else { continue }
        guard record.sequence == tree.size else {
          throw ExportReader.damaged(Fault(.outOfOrder(found: record.sequence), at: tree.size))
        }
        return (record.sequence, json)
      }
      guard let first = following.popFirst() else { return nil }
      try open(first)
    }
  }

  private mutating func read() throws(ExportError) -> Record? {
    do throws(LedgerError) { return try reader?.next() } catch { throw ExportError(.ledger(error), at: tree.size) }
  }

  private mutating func open(_ first: UInt64) throws(ExportError) {
    let wasReading = reader != nil
    let head: SegmentHead?
    do throws(LedgerError) {
      reader = try SegmentReader(segments.path(first))
      head = try reader?.head()
    } catch {
      throw ExportError(.ledger(error), at: first)
    }
    guard let head, head.seal.size == first, head.seal.isSigned(by: key) else {
      throw ExportReader.damaged(Fault(.segmentHeader, at: first))
    }
    if wasReading, head.seal.frontier != tree {
      throw ExportReader.damaged(Fault(.changed(before: first), at: tree.size))
    }
    tree = head.seal.frontier
    opened = first
  }

  private static func state(
    of log: LogDirectory, _ key: VerifierKey
  ) throws(ExportError) -> (Checkpoint, SegmentList) {
    // INVARIANT: the checkpoint is read before the segments, so that they hold all that it covers.
    let checkpoint = try checkpoint(of: log, key)
    let segments = try reading { () throws(LedgerError) in try SegmentList.notEmpty(in: log) }
    return (checkpoint, segments)
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

  private static func reading<Value>(_ read: () throws(LedgerError) -> Value) throws(ExportError) -> Value {
    do throws(LedgerError) { return try read() } catch { throw ExportError(.ledger(error), at: 0) }
  }
}
