import Ciphers

/// The hashes of a tile and of the nodes above them, up to the root of the tile.
struct TileHashes: Hashable, Sendable {
  /// The hashes as they are in the tile.
  let hashes: [Digest]

  /// The hashes of a tile's bytes; nil unless they are those of `width` hashes.
  init?(_ bytes: [UInt8], width: Int) {
    guard bytes.count == width * Digest.byteCount else { return nil }
    let span = bytes.span
    var hashes: [Digest] = []
    hashes.reserveCapacity(width)
    for start in stride(from: 0, to: span.count, by: Digest.byteCount) {
      guard let hash = Digest(span.extracting(start..<start + Digest.byteCount)) else { return nil }
      hashes.append(hash)
    }
    self.hashes = hashes
  }

  /// A tile's hashes.
  init(_ hashes: [Digest]) { self.hashes = hashes }

  /// The bytes of the tile.
  var bytes: [UInt8] { TileHashes.bytes(of: hashes) }

  /// The bytes of a tile with these hashes.
  static func bytes(of hashes: [Digest]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(hashes.count * Digest.byteCount)
    for hash in hashes { hash.write(into: &bytes) }
    return bytes
  }

  /// The root of the full subtree over `hashes`, which are as many as a power of two.
  static func root(of hashes: ArraySlice<Digest>) -> Digest {
    precondition(hashes.count.nonzeroBitCount == 1, "the subtree is not full")
    var level = Array(hashes)
    var count = level.count
    while count > 1 {
      for place in 0..<count / 2 { level[place] = MerkleTree.node(level[2 * place], level[2 * place + 1]) }
      count /= 2
    }
    return level[0]
  }

  /// The root of a tree whose right edge consists of these hashes: those of the partial tile of each level.
  static func root(ofEdge levels: [[Digest]]) -> Digest {
    // The subtrees of a tree are the larger the further left they stand: the root is folded from the right.
    var root: Digest?
    for hashes in levels {
      var rest = hashes[...]
      while !rest.isEmpty {
        // The smallest full subtree among the hashes that remain is at their end.
        let count = 1 << rest.count.trailingZeroBitCount
        let subtree = TileHashes.root(of: rest.suffix(count))
        root = root.map { MerkleTree.node(subtree, $0) } ?? subtree
        rest = rest.dropLast(count)
      }
    }
    return root ?? MerkleTree.emptyRoot
  }
}
