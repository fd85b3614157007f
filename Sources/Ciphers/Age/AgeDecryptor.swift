import Bytes

/// Decrypts a file in the form of age v1 (c2sp.org/age).
///
/// Bytes come in and go out in any portions; memory does not grow with the file. What comes out is authentic but may be
/// the start only, until `finish` has not thrown.
package struct AgeDecryptor: ~Copyable {
  private let key: AgeKey
  private var head: [UInt8] = []
  private var chunks: ChunkStream.Opener?

  /// The decryption with one identity.
  package init(with identity: consuming AgeIdentity) { key = .identity(identity) }

  /// The decryption with a passphrase.
  package init(with passphrase: consuming AgePassphrase) { key = .passphrase(passphrase) }

  /// Takes in more of the encrypted file, and appends what is decrypted of it.
  package mutating func update(_ file: Span<UInt8>, into output: inout [UInt8]) throws(CipherError) {
    guard chunks == nil else {
      try chunks?.update(file, into: &output)
      return
    }
    head.append(copying: file)
    guard let (header, end) = try AgeHeader.read(head) else { return }
    let payload = end + AgePayload.nonceByteCount
    guard head.count >= payload else { return }
    let fileKey = try key.unwrap(header)
    guard header.isAuthentic(under: fileKey) else { throw CipherError(code: .notAuthentic) }
    var opener = ChunkStream.Opener(.chaCha20Poly1305, key: AgePayload.key(fileKey, Array(head[end..<payload])))
    let rest = Array(head[payload...])
    head = []
    try opener.update(rest.span, into: &output)
    chunks = consume opener
  }

  /// Appends what is left, and throws unless the file was whole.
  package mutating func finish(into output: inout [UInt8]) throws(CipherError) {
    guard chunks != nil else { throw CipherError(code: .malformed) }
    try chunks?.finish(into: &output)
  }
}

/// What a file is opened with.
private enum AgeKey: ~Copyable {
  case identity(AgeIdentity)
  case passphrase(AgePassphrase)

  func unwrap(_ header: AgeHeader) throws(CipherError) -> SecretBytes {
    // The specification: a passphrase stands alone, because a file under one is taken to be from who knows it.
    guard header.stanzas.count == 1 || !header.stanzas.contains(where: AgeFileKey.isUnderPassphrase) else {
      throw CipherError(code: .malformed)
    }
    for stanza in header.stanzas {
      if let fileKey = try fileKey(stanza) { return fileKey }
    }
    throw CipherError(code: .noMatchingKey)
  }

  private func fileKey(_ stanza: AgeStanza) throws(CipherError) -> SecretBytes? {
    switch self {
    case .identity(let identity): try AgeFileKey.unwrap(stanza, identity)
    case .passphrase(let passphrase): try AgeFileKey.unwrap(stanza, passphrase)
    }
  }
}
