import Bytes
internal import Crypto

/// The cipher of a chunked stream: what seals one chunk of it.
enum ChunkCipher: Sendable {
  /// AES-256-GCM (NIST SP 800-38D).
  case aes256GCM
  /// ChaCha20-Poly1305 (RFC 8439).
  case chaCha20Poly1305

  static let tagByteCount = 16

  /// Appends ciphertext and tag.
  func seal(
    _ text: Span<UInt8>, key: borrowing SecretBytes, nonce: [UInt8], into output: inout [UInt8]
  ) throws(CipherError) {
    do {
      let key = key.key
      try unsafe text.withUnsafeBufferPointer { bytes in
        let text = UnsafeRawBufferPointer(bytes)
        switch self {
        case .aes256GCM:
          let box = try unsafe AES.GCM.seal(text, using: key, nonce: AES.GCM.Nonce(data: nonce))
          output.append(contentsOf: box.ciphertext)
          output.append(contentsOf: box.tag)
        case .chaCha20Poly1305:
          let box = try unsafe ChaChaPoly.seal(text, using: key, nonce: ChaChaPoly.Nonce(data: nonce))
          output.append(contentsOf: box.ciphertext)
          output.append(contentsOf: box.tag)
        }
      }
    } catch {
      throw CipherError(code: .invalidKey)
    }
  }

  /// Appends the text of ciphertext and tag.
  func open(
    _ sealed: Span<UInt8>, key: borrowing SecretBytes, nonce: [UInt8], into output: inout [UInt8]
  ) throws(CipherError) {
    guard sealed.count >= ChunkCipher.tagByteCount else { throw CipherError(code: .notAuthentic) }
    do {
      let key = key.key
      try unsafe sealed.withUnsafeBufferPointer { bytes in
        let sealed = UnsafeRawBufferPointer(bytes)
        let end = sealed.count - ChunkCipher.tagByteCount
        let ciphertext = unsafe UnsafeRawBufferPointer(rebasing: sealed[..<end])
        let tag = unsafe UnsafeRawBufferPointer(rebasing: sealed[end...])
        switch self {
        case .aes256GCM:
          let box = try unsafe AES.GCM.SealedBox(nonce: AES.GCM.Nonce(data: nonce), ciphertext: ciphertext, tag: tag)
          output.append(contentsOf: try AES.GCM.open(box, using: key))
        case .chaCha20Poly1305:
          let box = try unsafe ChaChaPoly.SealedBox(
            nonce: ChaChaPoly.Nonce(data: nonce), ciphertext: ciphertext, tag: tag)
          output.append(contentsOf: try ChaChaPoly.open(box, using: key))
        }
      }
    } catch {
      throw CipherError(code: .notAuthentic)
    }
  }
}
