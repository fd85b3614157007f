import Bytes
import Ciphers

/// Derives the tiles of a log from its segments, or from what was just written to them, from where it left off.
///
/// It belongs to one thread. Tiles are written in any order before the checkpoint that needs them is published, so a
/// crash leaves more tiles than the checkpoint covers, and never fewer; those are of entries that are sealed and
/// durable, and are written again with the same bytes.
package struct TileWriter: ~Copyable {
  private let folder: TileFolder
  private let log: LogDirectory
  /// Reads what was not handed over; nil while all is.
  private var leaves: LeafReader?
  /// Where to read on when something is not handed over.
  private var place: LeafPlace?
  /// Of each level, the hashes that no full tile has yet.
  private var edge: [[Digest]]
  /// The entries of which there is no full bundle yet.
  private var bundle: [UInt8] = []
  /// How many hashes the partial tile on disk has, of each level; entries are as many as the hashes of level 0.
  private var written = [Int](repeating: 0, count: 8)

  /// How many entries the tiles have.
  package private(set) var size: UInt64

  /// Takes up the tiles of the log of a data directory where `size` entries are known to have theirs; `place` is a
  /// folder for them that is not the log's own, and `failureOfChange` is asked before each change of it.
  package init(
    data: String, in place: String? = nil, after size: UInt64 = 0,
    failureOfChange: @escaping @Sendable () -> Int32 = { 0 }
  ) throws(LedgerError) {
    let log = LogDirectory(data: data)
    let folder = TileFolder(in: place.map { Directory($0) } ?? log.root, failureOfChange: failureOfChange)
    try self.init(log, in: folder, after: size)
  }

  /// Takes up the tiles of the log where `size` entries are known to have theirs.
  ///
  /// It starts with the first entry of a bundle. What is above is computed from full tiles; where one is missing,
  /// all tiles are made anew.
  init(_ log: LogDirectory, in folder: TileFolder, after size: UInt64) throws(LedgerError) {
    let start = size - size % UInt64(Tile.fullWidth)
    let found = try TileWriter.edge(of: start, in: folder)
    let leaves = try LeafReader(log, from: found == nil ? 0 : start)
    self.log = log
    self.folder = folder
    self.size = found == nil ? 0 : start
    edge = found ?? Array(repeating: [], count: 8)
    self.leaves = consume leaves
  }

  /// Takes in entries without reading them; those before them are read.
  mutating func take(_ leaves: borrowing WrittenLeaves) throws(LedgerError) {
    guard let end = leaves.end, size < end.index else { return }
    while size < leaves.first { try readLeaf() }
    var start = 0
    for (place, hash) in leaves.hashes.enumerated() {
      let next = start + 2 + Int(leaves.bundle[start]) << 8 + Int(leaves.bundle[start + 1])
      if leaves.first + UInt64(place) == size {
        bundle.append(contentsOf: leaves.bundle[start..<next])
        try take(hash)
      }
      start = next
    }
    self.leaves = nil
    place = end
  }

  /// Writes the tiles of all entries before `checkpoint.size`, and proves that they have its root.
  package mutating func update(to checkpoint: Checkpoint) throws(LedgerError) {
    while size < checkpoint.size { try readLeaf() }
    guard size == checkpoint.size, TileHashes.root(ofEdge: edge) == checkpoint.root else {
      throw .damaged(Fault(.changed(before: checkpoint.size), at: 0))
    }
    for level in edge.indices where !edge[level].isEmpty && edge[level].count != written[level] {
      try writePartial(level)
      written[level] = edge[level].count
    }
  }

  private mutating func readLeaf() throws(LedgerError) {
    if let place {
      leaves = try LeafReader(log, from: place)
      self.place = nil
    }
    var hash: Digest?
    // Taken out of `self` for the closure, and so never copied.
    var open = bundle
    bundle = []
    let found = try leaves?.read { body in
      hash = MerkleTree.leaf(body)
      EntryBundle.append(body, to: &open)
    }
    bundle = open
    guard found == true, let hash else { throw .damaged(Fault(.unreadableRecord, at: size)) }
    try take(hash)
  }

  /// Takes in the hash of the entry that was put into the bundle last.
  private mutating func take(_ hash: Digest) throws(LedgerError) {
    size += 1
    edge[0].append(hash)
    guard edge[0].count == Tile.fullWidth else { return }
    try folder.write(bundle, as: Tile(.entries, index: (size - 1) >> 8))
    try folder.removePartials(of: Tile(.entries, index: (size - 1) >> 8))
    bundle.removeAll(keepingCapacity: true)
    try finishTiles()
  }

  /// Writes the tiles that have become full, from level 0 up.
  private mutating func finishTiles() throws(LedgerError) {
    var level = 0
    while edge[level].count == Tile.fullWidth {
      let tile = Tile(.hashes(level: level), index: (size - 1) >> UInt64(8 * (level + 1)))
      try folder.write(TileHashes.bytes(of: edge[level]), as: tile)
      try folder.removePartials(of: tile)
      let root = TileHashes.root(of: edge[level][...])
      edge[level].removeAll(keepingCapacity: true)
      written[level] = 0
      guard level < 7 else { return }
      level += 1
      edge[level].append(root)
    }
  }

  private func writePartial(_ level: Int) throws(LedgerError) {
    let index = (size >> UInt64(8 * level)) >> 8
    let tile = Tile(.hashes(level: level), index: index, width: edge[level].count)
    let entries = Tile(.entries, index: index, width: edge[level].count)
    if level == 0 { try folder.write(bundle, as: entries) }
    try folder.write(TileHashes.bytes(of: edge[level]), as: tile)
    // What lies there from before the log was taken up may have lost its content in a crash.
    guard written[level] == 0 else { return }
    if level == 0 { try folder.removePartials(besides: entries) }
    try folder.removePartials(besides: tile)
  }

  /// The edge of the tree of `size` leaves, from the full tiles under it; nil when one of those is missing.
  private static func edge(of size: UInt64, in folder: TileFolder) throws(LedgerError) -> [[Digest]]? {
    var edge = [[Digest]](repeating: [], count: 8)
    for level in 1...7 {
      let end = size >> UInt64(8 * level)
      for index in (end & ~0xFF)..<end {
        guard let bytes = try folder.bytes(of: Tile(.hashes(level: level - 1), index: index)),
          let tile = TileHashes(bytes, width: Tile.fullWidth)
        else { return nil }
        edge[level].append(TileHashes.root(of: tile.hashes[...]))
      }
    }
    return edge
  }
}
