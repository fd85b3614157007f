import Ciphers

extension Checkpoint {
  /// Whether the log of a data directory that has published this checkpoint, and that `key` signs, begins with the `size`
  /// entries that have this root.
  ///
  /// A consistency proof (RFC 6962, section 2.1.2) from the log's tiles says so, however large it is. Where they give
  /// none, being damaged or on their way, the entries are read: from the segment on in which those `size` end, whose
  /// signed head has the tree up to there.
  func extends(
    _ size: UInt64, root: Digest, in data: String, signedBy key: VerificationKey
  ) throws(LedgerError) -> Bool {
    guard size < self.size else { return size == self.size && root == self.root }
    let proof: [Digest]
    do throws(LedgerError) {
      var tiles = try TileReader(data: data, at: self)
      proof = try tiles.consistency(from: size, to: self.size)
    } catch {
      return try readThrough(size, root: root, in: data, key)
    }
    return MerkleProof.proves(size, root: root, isBeginningOf: self.size, root: self.root, by: proof)
  }

  private func readThrough(
    _ size: UInt64, root: Digest, in data: String, _ key: VerificationKey
  ) throws(LedgerError) -> Bool {
    guard size > 0 else { return root == MerkleTree.emptyRoot }
    guard let verifier = VerifierKey(name: origin, key: key) else { throw LedgerError(.invalidKey) }
    let marked = Checkpoint(origin: origin, size: size, root: root)
    do throws(LedgerError) {
      var batches = try SealedBatches(
        LogDirectory(data: data), signedBy: verifier, from: size - 1, against: [marked, self])
      while batches.place?.tree.size ?? 0 < self.size {
        guard try batches.next() != nil else { throw .damaged(Fault(.truncated(signed: self.size), at: size)) }
      }
      return true
    } catch {
      guard case .damaged(let fault) = error.code, fault.code == .forked(signed: size) else { throw error }
      return false
    }
  }
}
