import Ciphers

/// Reads a log on from one position, batch by batch, and hands its entries to the writer of an index.
///
/// It takes in what signed seals cover, and ends where the log is damaged.
struct SearchRun: ~Copyable {
  private(set) var position: SearchPosition?
  /// Takes the entries; nil when they are only counted.
  private(set) var writer: SearchWriter?
  /// Whether the log is damaged after the position.
  private(set) var isAtDamage = false
  private var batches: SealedBatches

  init(
    _ log: LogDirectory, signedBy key: VerifierKey, from position: SearchPosition?, writer: SearchWriter?
  ) throws(LedgerError) {
    self.position = position
    self.writer = writer
    batches =
      if let place = position?.place {
        try SealedBatches(log, signedBy: key, after: place)
      } else {
        try SealedBatches(log, signedBy: key)
      }
  }

  /// How many entries lie before the position.
  var size: UInt64 { position?.size ?? 0 }

  /// Takes in batches until `limit` entries were taken; true when the log has no more.
  mutating func takeIn(_ limit: Int) throws -> Bool {
    let end = size + UInt64(limit)
    while let batch = try nextBatch() {
      for entry in batch {
        try writer?.add(
          IndexedEntry(entry.json.span), at: Int64(bitPattern: entry.index), segment: Int64(bitPattern: entry.segment),
          place: Int64(bitPattern: entry.offset))
      }
      guard let place = batches.place, let last = batch.last else { continue }
      position = SearchPosition(
        place: place,
        last: SearchPosition.Last(index: last.index, offset: last.offset, leaf: MerkleTree.leaf(last.json.span)))
      if size >= end { return false }
    }
    return true
  }

  private mutating func nextBatch() throws -> [SealedBatches.Entry]? {
    do throws(LedgerError) {
      return try batches.next()
    } catch {
      guard case .damaged = error.code else { throw error }
      isAtDamage = true
      return nil
    }
  }
}
