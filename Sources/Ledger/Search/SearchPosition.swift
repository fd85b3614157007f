import Ciphers

/// How far into a log a search index reaches: always to the end of a sealed batch.
struct SearchPosition: Hashable, Sendable {
  /// The last entry that was taken in.
  struct Last: Hashable, Sendable {
    var index: UInt64
    /// Where its record begins.
    var offset: UInt64
    /// Its hash in the Merkle tree.
    var leaf: Digest
  }

  /// The first entry of the segment that was read last.
  var segment: UInt64
  /// Where reading goes on in it; nil before its first record.
  var offset: UInt64?
  /// How many entries were taken in, or lie before the first segment.
  var size: UInt64
  var last: Last?

  /// Whether the log still has the last entry where it was taken from.
  func agrees(with segments: SegmentList) throws(LedgerError) -> Bool {
    guard segments.firsts.contains(segment) else { return false }
    guard let last else { return true }
    // The last entry may be in the segment before the one that is read.
    guard let home = segments.firsts.last(where: { $0 <= last.index }),
      var segment = try SegmentReader.opened(segments.path(home), at: last.offset, reading: SegmentReader.narrow),
      let record = try segment.next()
    else { return false }
    return record.kind == .entry && record.sequence == last.index
      && segment.withBody(of: record) { MerkleTree.leaf($0) } == last.leaf
  }
}
