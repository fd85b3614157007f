import Bytes
package import Ciphers

/// A name and an Ed25519 key that notes are checked with, as C2SP `signed-note` defines it.
///
/// Its text is the vkey `<name>+<key hash>+<base64 of the type 0x01 and the key>`, which other programs take as it is.
package struct VerifierKey: Hashable, Sendable {
  /// The name of the signer: of a log, its origin.
  package let name: String
  /// The public key.
  package let key: VerificationKey
  /// The first 4 bytes of SHA-256 of the name, a line feed, the type and the key.
  package let hash: [UInt8]

  /// The verifier key of `name` and `key`; nil when the name is empty or has a space, a control character or a `+`.
  package init?(name: String, key: VerificationKey) {
    guard !name.isEmpty, name.unicodeScalars.allSatisfy({ !$0.properties.isWhitespace && $0.value > 0x20 && $0 != "+" })
    else { return nil }
    self.name = name
    self.key = key
    hash = Array(Digest(hashing: (Array(name.utf8) + [0x0A, VerifierKey.type] + key.bytes).span).bytes.prefix(4))
  }

  private static let type: UInt8 = 0x01
}

extension VerifierKey: LosslessStringConvertible {
  /// The vkey.
  package var description: String {
    "\(name)+\(Hex.encode(hash))+\(Base64.encode([VerifierKey.type] + key.bytes))"
  }

  /// The key that a vkey spells; nil when it spells none, or its hash is not that of its name and key.
  package init?(_ text: String) {
    // Base64 may hold a `+` itself: only the first two separate.
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let typed = Base64.decode(String(parts[2])), typed.count == 33,
      typed[0] == VerifierKey.type,
      let verificationKey = try? VerificationKey(typed.span.extracting(1..<33))
    else { return nil }
    self.init(name: String(parts[0]), key: verificationKey)
    guard Hex.encode(hash) == parts[1] else { return nil }
  }
}
