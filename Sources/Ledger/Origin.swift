import Bytes
package import Ciphers

/// How the origin of a new log is named: the first line of its checkpoints, and the name in its verifier key.
///
/// It tells one log from another and never changes while the log exists.
package enum Origin: Hashable, Sendable {
  /// `cordon.invalid/log/` and the beginning of the key's hash: unique without being configured.
  case derived
  /// A name of the installation's own, such as `log.hospital.example/cordon`.
  case named(String)
  /// `sigsum.org/v1/tree/` and the key's hash, as the logs of Sigsum have it.
  case sigsum
  /// The origin of a replica's shard: that of the root log and the replica's name.
  indirect case shard(of: Origin, ReplicaName)

  /// The verifier key of a log with this origin and key; nil when the name has a space, a control character or a `+`.
  package func verifier(of key: VerificationKey) -> VerifierKey? {
    let hash = Digest(hashing: key.bytes.span).bytes
    return switch self {
    case .derived: VerifierKey(name: "cordon.invalid/log/\(Hex.encode(Array(hash.prefix(8))))", key: key)
    case .named(let name): VerifierKey(name: name, key: key)
    case .sigsum: VerifierKey(name: "sigsum.org/v1/tree/\(Hex.encode(hash))", key: key)
    case .shard(let root, let replica):
      root.verifier(of: key).flatMap { VerifierKey(name: "\($0.name)/\(replica)", key: key) }
    }
  }
}

extension Origin: LosslessStringConvertible {
  /// The origin as a configuration writes it: `derived`, `sigsum` or the name.
  package var description: String {
    switch self {
    case .derived: "derived"
    case .named(let name): name
    case .sigsum: "sigsum"
    case .shard(let root, let replica): "\(root)/\(replica)"
    }
  }

  /// The origin that a configuration writes so; nil when no origin may have this name.
  package init?(_ text: String) {
    switch text {
    case "derived": self = .derived
    case "sigsum": self = .sigsum
    default:
      guard VerifierKey.isName(text) else { return nil }
      self = .named(text)
    }
  }
}
