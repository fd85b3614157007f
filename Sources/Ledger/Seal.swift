import Ciphers

/// The state of a log at the end of a batch, and the signature of its checkpoint.
struct Seal: Hashable {
  var frontier: Frontier
  var signature: Signature

  /// The number of entries up to here.
  var size: UInt64 { frontier.size }

  /// The checkpoint of a log of this name up to here.
  func checkpoint(origin: String) -> Checkpoint {
    Checkpoint(origin: origin, size: frontier.size, root: frontier.root)
  }

  /// Whether the owner of `key` signed this state of the log that the key names.
  func isSigned(by key: VerifierKey) -> Bool { checkpoint(origin: key.name).isSigned(by: key, signature) }
}
