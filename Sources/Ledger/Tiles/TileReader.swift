package import Ciphers

/// Gives the hashes and the entries of a log from its tiles, each checked against a checkpoint.
///
/// The hashes on the right edge of the tree give its root together, and are checked so at once; any other tile's root
/// is a hash in the tile above it. No tile that fails is used.
package struct TileReader: Sendable {
  /// What everything is checked against.
  package let checkpoint: Checkpoint

  // Eight bytes of path and 16 KB of hashes each: proofs near one another share all but the lowest tiles.
  private static let cachedTiles = 64

  private let folder: TileFolder
  private let edge: [[Digest]]
  private var cache: [Tile: [Digest]] = [:]

  /// Reads the tiles of the log of a data directory up to its published checkpoint.
  package init(data: String, key: VerifierKey) throws(LedgerError) {
    let log = LogDirectory(data: data)
    guard try !log.isEmpty() else { throw LedgerError(.missing) }
    switch try log.checkpoint(signedBy: key) {
    case .success(let checkpoint): try self.init(data: data, at: checkpoint)
    case .failure(let fault): throw .damaged(fault)
    }
  }

  /// Reads the tiles of the log of a data directory up to `checkpoint`.
  package init(data: String, at checkpoint: Checkpoint) throws(LedgerError) {
    let folder = TileFolder(in: LogDirectory(data: data).root)
    var edge = [[Digest]](repeating: [], count: 8)
    for tile in Tile.edge(of: checkpoint.size) {
      guard case .hashes(let level) = tile.kind, let bytes = try folder.bytes(of: tile),
        let hashes = TileHashes(bytes, width: tile.width)
      else { throw LedgerError(.tile(tile)) }
      edge[level] = hashes.hashes
    }
    guard TileHashes.root(ofEdge: edge) == checkpoint.root else {
      throw LedgerError(.tile(Tile.edge(of: checkpoint.size).first ?? Tile(.hashes(level: 0), index: 0)))
    }
    self.folder = folder
    self.edge = edge
    self.checkpoint = checkpoint
  }

  /// The root of the subtree over the leaves in `range`, which is one that a Merkle tree of some size has.
  ///
  /// - Precondition: `range` is not empty and is within the checkpoint's size.
  package mutating func root(of range: Range<UInt64>) throws(LedgerError) -> Digest {
    precondition(!range.isEmpty && range.upperBound <= checkpoint.size, "these leaves are not in the tree")
    let count = UInt64(range.count)
    guard count.nonzeroBitCount == 1 else {
      let middle = range.lowerBound + MerkleTree.split(count)
      let left = try root(of: range.lowerBound..<middle)
      return MerkleTree.node(left, try root(of: middle..<range.upperBound))
    }
    precondition(range.lowerBound.isMultiple(of: count), "no tree has this subtree")
    let level = count.trailingZeroBitCount / 8
    let first = range.lowerBound >> UInt64(8 * level)
    let hashes = try hashes(level: level, index: first >> 8)
    let place = Int(first & 0xFF)
    return TileHashes.root(of: hashes[place..<place + 1 << (count.trailingZeroBitCount % 8)])
  }

  /// The root of the tree of the first `size` leaves.
  package mutating func root(ofSize size: UInt64) throws(LedgerError) -> Digest {
    try covers(size)
    return size == 0 ? MerkleTree.emptyRoot : try root(of: 0..<size)
  }

  /// The hashes that prove that leaf `index` is in the tree of `size` leaves.
  package mutating func inclusion(of index: UInt64, in size: UInt64) throws(LedgerError) -> [Digest] {
    try covers(size)
    guard index < size else { throw LedgerError(.uncovered(index + 1)) }
    return try roots(of: MerkleProof.inclusion(of: index, in: size))
  }

  /// The hashes that prove that the tree of `size` leaves begins with that of `old` leaves.
  ///
  /// As RFC 6962 has it, and the witnesses of C2SP `tlog-witness`, nothing has to prove that a log begins empty.
  package mutating func consistency(from old: UInt64, to size: UInt64) throws(LedgerError) -> [Digest] {
    try covers(size)
    guard old <= size else { throw LedgerError(.uncovered(old)) }
    return old == 0 ? [] : try roots(of: MerkleProof.consistency(from: old, to: size))
  }

  /// The bytes of the entry `index`, checked against its hash.
  package mutating func entry(_ index: UInt64) throws(LedgerError) -> [UInt8] {
    guard index < checkpoint.size else { throw LedgerError(.uncovered(index + 1)) }
    let hash = try root(of: index..<index + 1)
    let width = Int(min(checkpoint.size - (index & ~0xFF), UInt64(Tile.fullWidth)))
    let tile = Tile(.entries, index: index >> 8, width: width)
    guard let bytes = try folder.bytes(of: tile), let places = EntryBundle.places(in: bytes.span),
      places.count == width
    else { throw LedgerError(.tile(tile)) }
    let entry = Array(bytes[places[Int(index & 0xFF)]])
    guard MerkleTree.leaf(entry.span) == hash else { throw LedgerError(.tile(tile)) }
    return entry
  }

  /// Checks every tile and every bundle up to the checkpoint.
  package mutating func checkAll() throws(LedgerError) {
    let width = UInt64(Tile.fullWidth)
    for index in 0..<(checkpoint.size + width - 1) / width {
      let hashes = try hashes(level: 0, index: index)
      let tile = Tile(.entries, index: index, width: hashes.count)
      guard let bytes = try folder.bytes(of: tile), let places = EntryBundle.places(in: bytes.span),
        places.count == hashes.count
      else { throw LedgerError(.tile(tile)) }
      for (place, hash) in zip(places, hashes) where MerkleTree.leaf(bytes.span.extracting(place)) != hash {
        throw LedgerError(.tile(tile))
      }
    }
  }

  private func covers(_ size: UInt64) throws(LedgerError) {
    guard size <= checkpoint.size else { throw LedgerError(.uncovered(size)) }
  }

  private mutating func roots(of path: [Range<UInt64>]) throws(LedgerError) -> [Digest] {
    var roots: [Digest] = []
    for range in path { roots.append(try root(of: range)) }
    return roots
  }

  /// The hashes of a tile, as many as the checkpoint needs.
  private mutating func hashes(level: Int, index: UInt64) throws(LedgerError) -> [Digest] {
    guard index < (checkpoint.size >> UInt64(8 * level)) >> 8 else { return edge[level] }
    let tile = Tile(.hashes(level: level), index: index)
    if let hashes = cache[tile] { return hashes }
    // The tile above is checked first; it is on the edge after eight levels at the latest.
    let expected = try hashes(level: level + 1, index: index >> 8)[Int(index & 0xFF)]
    guard let bytes = try folder.bytes(of: tile), let found = TileHashes(bytes, width: Tile.fullWidth),
      TileHashes.root(of: found.hashes[...]) == expected
    else { throw LedgerError(.tile(tile)) }
    if cache.count >= TileReader.cachedTiles { cache.removeAll(keepingCapacity: true) }
    cache[tile] = found.hashes
    return found.hashes
  }
}
