import Ciphers

extension Receipt {
  /// What a check of a receipt found.
  package enum Check: Hashable, Sendable {
    /// The entry is in the log that the checkpoint was signed for.
    case holds(Checkpoint, cosignatures: [Cosignature])
    /// The checkpoint is not one of the log that the key names, signed by the key.
    case unsigned
    /// The checkpoint does not cover the entry's index.
    case uncovered
    /// The bytes are not those of the entry, or the proof is another entry's.
    case unproven
    /// Fewer of the witnesses than are wanted cosigned the checkpoint.
    case unwitnessed(Int, of: Int)
  }

  /// Checks that `entry` is in the log of `key`, and that enough witnesses saw the log so.
  package func check(_ entry: Span<UInt8>, key: VerifierKey, witnesses: WitnessPolicy = .none) -> Check {
    guard let checkpoint = note.checkpoint(signedBy: key) else { return .unsigned }
    guard index < checkpoint.size else { return .uncovered }
    let leaf = MerkleTree.leaf(entry)
    guard MerkleProof.proves(leaf, at: index, inTreeOf: checkpoint.size, root: checkpoint.root, by: proof) else {
      return .unproven
    }
    let cosignatures = note.cosignatures(by: witnesses.keys)
    guard cosignatures.count >= witnesses.quorum else {
      return .unwitnessed(cosignatures.count, of: witnesses.quorum)
    }
    return .holds(checkpoint, cosignatures: cosignatures)
  }
}

extension Receipt.Check: CustomStringConvertible {
  /// What was found, in words.
  package var description: String {
    switch self {
    case .holds(let checkpoint, let cosignatures):
      "the entry is in the log `\(checkpoint.origin)` of \(checkpoint.size) entries, cosigned by \(cosignatures.count)"
    case .unsigned: "the checkpoint is not signed by this key for the log that it names"
    case .uncovered: "the checkpoint does not cover the index"
    case .unproven: "the proof does not lead from these bytes to the checkpoint"
    case .unwitnessed(let count, let quorum): "\(count) of the witnesses cosigned the checkpoint, and \(quorum) must"
    }
  }
}
