import Ciphers

extension Checkpoint {
  /// Whether the log of a data directory that has published this checkpoint begins with the `size` entries that have
  /// this root.
  ///
  /// A consistency proof (RFC 6962, section 2.1.2) from the log's tiles says so, however large it is. Where they give
  /// none, being damaged or on their way, the entries themselves are read.
  func extends(_ size: UInt64, root: Digest, in data: String) throws(LedgerError) -> Bool {
    guard size < self.size else { return size == self.size && root == self.root }
    let proof: [Digest]
    do throws(LedgerError) {
      var tiles = try TileReader(data: data, at: self)
      proof = try tiles.consistency(from: size, to: self.size)
    } catch {
      return try readThrough(size, root: root, in: data)
    }
    return MerkleProof.proves(size, root: root, isBeginningOf: self.size, root: self.root, by: proof)
  }

  private func readThrough(_ size: UInt64, root: Digest, in data: String) throws(LedgerError) -> Bool {
    var reader = try EntryReader(data: data)
    var tree = Frontier()
    if size == 0, root != tree.root { return false }
    while tree.size < self.size, let entry = try reader.next() {
      tree.append(MerkleTree.leaf(entry.json.span))
      guard tree.size != size || tree.root == root else { return false }
    }
    guard tree.size == self.size, tree.root == self.root else {
      throw .damaged(Fault(.forked(signed: self.size), at: tree.size))
    }
    return true
  }
}
