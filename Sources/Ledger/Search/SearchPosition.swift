import Ciphers

/// How far into a log a search index reaches: always to the end of a sealed batch.
struct SearchPosition: Hashable {
  /// The last entry that was taken in.
  struct Last: Hashable {
    var index: UInt64
    /// Where its record begins.
    var offset: UInt64
    /// Its hash in the Merkle tree.
    var leaf: Digest
  }

  /// Where reading goes on, with the tree of what was taken in.
  var place: SealedBatches.Place
  var last: Last?

  /// How many entries were taken in.
  var size: UInt64 { place.tree.size }

  /// Whether the log still has the last entry where it was taken from.
  func agrees(with segments: SegmentList) throws(LedgerError) -> Bool {
    guard segments.firsts.contains(place.segment) else { return false }
    guard let last else { return true }
    // The last entry may be in the segment before the one that is read.
    guard let home = segments.firsts.last(where: { $0 <= last.index }),
      var segment = try SegmentReader.opened(segments.path(home), at: last.offset, reading: SegmentReader.narrow),
      let record = try segment.next()
    else { return false }
    return record.kind == .entry && record.sequence == last.index
      && segment.withBody(of: record) { MerkleTree.leaf($0) } == last.leaf
  }

  /// Whether a log that `key` signs, and that does not go on from here as it was written, has this place all the same: it
  /// is damaged after it, and the index is not what was changed.
  func isPlace(of log: LogDirectory, signedBy key: VerifierKey) throws(LedgerError) -> Bool {
    do throws(LedgerError) {
      var batches = try SealedBatches(log, signedBy: key, from: place.segment)
      while try batches.next() != nil, let reached = batches.place {
        guard reached.segment == place.segment, reached.offset < place.offset else { return reached == place }
      }
      return false
    } catch {
      guard !error.isOfTheSystem else { throw error }
      return false
    }
  }
}
