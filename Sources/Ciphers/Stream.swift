import Bytes

/// Seals an object of any length under the object's key, in chunks, with flat memory.
///
/// ## Form
/// A byte of version (1), a salt of 16 bytes, then chunks of 64 KiB sealed by AES-256-GCM as a STREAM. The key of the
/// chunks is HKDF-SHA256 of the object's key under the salt for "cordon stream v1 aes-256-gcm" and the context, so that
/// one key may seal several objects, and an object opens in its context only.
package struct StreamSealer: ~Copyable {
  /// How many bytes of plaintext one chunk holds.
  package static let chunkByteCount = ChunkStream.chunkByteCount

  private var chunks: ChunkStream.Sealer
  private var head: [UInt8]

  /// The sealing of one object under a key of 32 bytes.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package init(
    key: borrowing SecretBytes, context: [UInt8], using generator: inout some RandomNumberGenerator
  ) throws(CipherError) {
    let salt = [UInt8](randomCount: StreamForm.saltByteCount, using: &generator)
    chunks = ChunkStream.Sealer(.aes256GCM, key: try StreamForm.chunkKey(key, salt, context))
    head = [StreamForm.version] + salt
  }

  /// Takes in more of the object, and appends what is sealed of it.
  package mutating func update(_ text: Span<UInt8>, into output: inout [UInt8]) throws(CipherError) {
    writeHead(into: &output)
    try chunks.update(text, into: &output)
  }

  /// Appends what is left; there is nothing to seal after that.
  package consuming func finish(into output: inout [UInt8]) throws(CipherError) {
    writeHead(into: &output)
    try chunks.finish(into: &output)
  }

  private mutating func writeHead(into output: inout [UInt8]) {
    output += head
    head = []
  }
}

/// Opens what `StreamSealer` sealed, in chunks, with flat memory.
///
/// What comes out is authentic but may be the start only, until `finish` has not thrown.
package struct StreamOpener: ~Copyable {
  private let key: SecretBytes
  private let context: [UInt8]
  private var head: [UInt8] = []
  private var chunks: ChunkStream.Opener?

  /// The opening of one object under a key of 32 bytes.
  package init(key: consuming SecretBytes, context: [UInt8]) throws(CipherError) {
    guard key.count == 32 else { throw CipherError(code: .invalidKey) }
    self.key = key
    self.context = context
  }

  /// Takes in more of the sealed object, and appends what is opened of it.
  package mutating func update(_ sealed: Span<UInt8>, into output: inout [UInt8]) throws(CipherError) {
    let taken = min(sealed.count, StreamForm.headByteCount - head.count)
    head.append(copying: sealed.extracting(..<taken))
    guard head.count == StreamForm.headByteCount else { return }
    if chunks == nil {
      guard head[0] == StreamForm.version else { throw CipherError(code: .notAuthentic) }
      chunks = ChunkStream.Opener(.aes256GCM, key: try StreamForm.chunkKey(key, Array(head.dropFirst()), context))
    }
    try chunks?.update(sealed.extracting(taken...), into: &output)
  }

  /// Appends what is left, and throws unless the object was whole.
  package mutating func finish(into output: inout [UInt8]) throws(CipherError) {
    guard chunks != nil else { throw CipherError(code: .notAuthentic) }
    try chunks?.finish(into: &output)
  }
}

/// What both ends of a stream agree on.
private enum StreamForm {
  static let version: UInt8 = 1
  static let saltByteCount = 16
  static let headByteCount = 1 + saltByteCount

  static func chunkKey(
    _ key: borrowing SecretBytes, _ salt: [UInt8], _ context: [UInt8]
  ) throws(CipherError) -> SecretBytes {
    guard key.count == 32 else { throw CipherError(code: .invalidKey) }
    return key.derived(for: Array("cordon stream v1 aes-256-gcm".utf8) + context, salt: salt)
  }
}
