import Bytes
import Ciphers

/// Entries that are on stable storage, on their way to the tiles without being read again.
///
/// Their bytes are copied: what a draft holds on to is several times as long.
struct WrittenLeaves: Sendable {
  private static let longest = 16 << 20

  /// The index of the first of them.
  private(set) var first: UInt64 = 0
  /// The entries as an entry bundle has them.
  private(set) var bundle: [UInt8] = []
  /// Their hashes in the tree.
  private(set) var hashes: [Digest] = []
  /// Where the segments go on after them.
  private(set) var end: LeafPlace?

  /// Takes in a batch that ends at `place`, unless that would be too much or there is a gap before it.
  mutating func append(_ drafts: [Draft], endingAt place: LeafPlace) {
    let start = place.index - UInt64(drafts.count)
    guard hashes.isEmpty || start == first + UInt64(hashes.count), bundle.count < WrittenLeaves.longest else { return }
    if hashes.isEmpty { first = start }
    for draft in drafts {
      EntryBundle.append(draft.records.span.extracting(draft.leafRange), to: &bundle)
      hashes.append(draft.leafHash)
    }
    end = place
  }

  /// Forgets them and keeps their memory.
  mutating func removeAll() {
    bundle.removeAll(keepingCapacity: true)
    hashes.removeAll(keepingCapacity: true)
    end = nil
  }
}

/// Where in the segments of a log an entry begins, or will.
struct LeafPlace: Sendable {
  /// The first entry of the segment.
  let segment: UInt64
  /// Where in that file.
  let offset: UInt64
  /// The index of the entry.
  let index: UInt64
}
