import Bytes
package import Ciphers

/// The size and root of a log at one moment, as C2SP `tlog-checkpoint` writes it.
package struct Checkpoint: Hashable, Sendable {
  /// The name of the log, the first line.
  package var origin: String
  /// The number of entries.
  package var size: UInt64
  /// The root of their Merkle tree.
  package var root: Digest

  /// A checkpoint.
  package init(origin: String, size: UInt64, root: Digest) {
    self.origin = origin
    self.size = size
    self.root = root
  }

  /// The text that is signed: origin, size and root, a line each.
  package var text: [UInt8] { Array("\(origin)\n\(size)\n\(Base64.encode(root.bytes))\n".utf8) }

  /// The checkpoint that a note's text is; nil when it is none, or has more lines than Cordon's checkpoints have, or
  /// more than 2^63 - 1 entries: tree and proofs are counted in `Int`.
  package init?(text: [UInt8]) {
    guard let string = String(validating: text, as: UTF8.self) else { return nil }
    let lines = string.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 4, !lines[0].isEmpty, lines[3].isEmpty, let size = UInt64(lines[1]), size <= UInt64(Int.max),
      let root = Base64.decode(String(lines[2])).flatMap({ Digest($0.span) })
    else { return nil }
    self.init(origin: String(lines[0]), size: size, root: root)
    // One spelling only: a size with a leading zero or a plus sign is not the size that was signed.
    guard self.text == text else { return nil }
  }

  /// The checkpoint of a signed note; nil unless the note is signed by `key` and of the log that the key names.
  package init?(note bytes: [UInt8], signedBy key: VerifierKey) {
    guard let checkpoint = SignedNote(parsing: bytes)?.checkpoint(signedBy: key) else { return nil }
    self = checkpoint
  }

  /// Whether `signature` is that of `key` over this checkpoint.
  package func isSigned(by key: VerifierKey, _ signature: Signature) -> Bool {
    key.key.accepts(signature, of: text.span)
  }
}

extension SignedNote {
  /// The checkpoint that this note is; nil unless it is signed by `key` and of the log that the key names.
  package func checkpoint(signedBy key: VerifierKey) -> Checkpoint? {
    guard isSigned(by: key), let checkpoint = Checkpoint(text: text), checkpoint.origin == key.name else { return nil }
    return checkpoint
  }
}
