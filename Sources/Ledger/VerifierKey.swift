import Bytes
package import Ciphers

/// A name and an Ed25519 key that notes are checked with, as C2SP `signed-note` defines it.
///
/// Its text is the vkey `<name>+<key hash>+<base64 of the type and the key>`, which other programs take as it is.
package struct VerifierKey: Hashable, Sendable {
  /// What the key signs; the number is the type in the vkey and in the key hash.
  package enum Kind: UInt8, Hashable, Sendable {
    /// Notes as they are: the key of a log.
    case note = 0x01
    /// Checkpoints with the time before them: the key of a witness.
    case cosignature = 0x04
  }

  /// What the key signs.
  package let kind: Kind
  /// The name of the signer: of a log, its origin.
  package let name: String
  /// The public key.
  package let key: VerificationKey
  /// The first 4 bytes of SHA-256 of the name, a line feed, the type and the key.
  package let hash: [UInt8]

  /// The verifier key of `name` and `key`; nil when the name is empty or has a space, a control character or a `+`.
  package init?(name: String, key: VerificationKey, kind: Kind = .note) {
    guard VerifierKey.isName(name) else { return nil }
    self.kind = kind
    self.name = name
    self.key = key
    hash = Array(Digest(hashing: (Array(name.utf8) + [0x0A, kind.rawValue] + key.bytes).span).bytes.prefix(4))
  }

  /// Whether signers may be called so.
  static func isName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty && name.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0.value > 0x20 && $0 != "+" }
  }
}

extension VerifierKey: LosslessStringConvertible {
  /// The vkey.
  package var description: String {
    "\(name)+\(Hex.encode(hash))+\(Base64.encode([kind.rawValue] + key.bytes))"
  }

  /// The key that a vkey spells; nil when it spells none, or its hash is not that of its name and key.
  package init?(_ text: String) {
    // Base64 may hold a `+` itself: only the first two separate.
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let typed = Base64.decode(String(parts[2])), typed.count == 33,
      let kind = Kind(rawValue: typed[0]), let verificationKey = try? VerificationKey(typed.span.extracting(1..<33))
    else { return nil }
    self.init(name: String(parts[0]), key: verificationKey, kind: kind)
    guard Hex.encode(hash) == parts[1] else { return nil }
  }
}
