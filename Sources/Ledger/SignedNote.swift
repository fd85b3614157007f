import Bytes
package import Ciphers

/// A text with the signatures of those who vouch for it, as C2SP `signed-note` defines it.
package struct SignedNote: Hashable, Sendable {
  /// One signature line.
  package struct SignatureLine: Hashable, Sendable {
    /// The name of the signer.
    package var name: String
    /// The hash of the signer's name and key.
    package var keyHash: [UInt8]
    /// The signature's own bytes.
    package var signature: [UInt8]

    /// A signature line.
    package init(name: String, keyHash: [UInt8], signature: [UInt8]) {
      self.name = name
      self.keyHash = keyHash
      self.signature = signature
    }

    /// The line, with its line feed.
    var text: String { "\u{2014} \(name) \(Base64.encode(keyHash + signature))\n" }
  }

  // The specification asks for at least 16.
  private static let mostSignatures = 64

  /// What is signed: lines, each with its line feed.
  package var text: [UInt8]
  /// The signatures, in the order of their lines.
  package var signatures: [SignatureLine]

  /// The note of `text` with one signature by the owner of `key`.
  package init(text: [UInt8], signature: Signature, by key: VerifierKey) {
    self.text = text
    signatures = [SignatureLine(name: key.name, keyHash: key.hash, signature: signature.bytes)]
  }

  /// The note of `text` with these signatures.
  package init(text: [UInt8], signatures: [SignatureLine]) {
    self.text = text
    self.signatures = signatures
  }

  /// The note that `bytes` are; nil when they are none.
  package init?(parsing bytes: [UInt8]) {
    // The last blank line ends the text; signature lines hold none.
    guard bytes.last == 0x0A, let blank = SignedNote.lastBlankLine(in: bytes) else { return nil }
    text = Array(bytes[...blank])
    let control = text.contains { $0 < 0x20 && $0 != 0x0A }
    guard !control, text.count > 1, String(validating: text, as: UTF8.self) != nil else { return nil }
    signatures = []
    for line in bytes[(blank + 2)...].dropLast().split(separator: 0x0A, omittingEmptySubsequences: false) {
      guard signatures.count < SignedNote.mostSignatures, let signature = SignatureLine(Array(line)) else {
        return nil
      }
      signatures.append(signature)
    }
    guard !signatures.isEmpty else { return nil }
  }

  /// The note as text.
  package var bytes: [UInt8] {
    var bytes = text + [0x0A]
    for line in signatures { bytes.append(contentsOf: line.text.utf8) }
    return bytes
  }

  /// Whether the owner of `key` signed the text: one of the lines under that name and key hash holds, and none is wrong.
  package func isSigned(by key: VerifierKey) -> Bool {
    guard key.kind == .note else { return false }
    let lines = signatures.filter { $0.name == key.name && $0.keyHash == key.hash }
    return !lines.isEmpty
      && lines.allSatisfy { line in
        Signature(line.signature.span).map { key.key.accepts($0, of: text.span) } ?? false
      }
  }

  private static func lastBlankLine(in bytes: [UInt8]) -> Int? {
    bytes.indices.dropLast().last { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }
  }
}

extension SignedNote.SignatureLine {
  /// The signature that a line without its line feed is; nil when it is none.
  init?(_ line: [UInt8]) {
    let start = Array("\u{2014} ".utf8)
    guard line.starts(with: start), let text = String(validating: line[start.count...], as: UTF8.self) else {
      return nil
    }
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, VerifierKey.isName(parts[0]), let bytes = Base64.decode(String(parts[1])), bytes.count > 4
    else {
      return nil
    }
    self.init(name: String(parts[0]), keyHash: Array(bytes.prefix(4)), signature: Array(bytes.dropFirst(4)))
  }
}
