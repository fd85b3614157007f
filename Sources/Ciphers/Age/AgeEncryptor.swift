import Bytes

/// Encrypts a file in the form of age v1 (c2sp.org/age), so that the stock `age` program opens it.
///
/// Bytes come in and go out in any portions; memory does not grow with the file.
package struct AgeEncryptor: ~Copyable {
  private var chunks: ChunkStream.Sealer
  private var head: [UInt8]

  /// A file that each of `recipients` can open.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package init(
    to recipients: [AgeRecipient], using generator: inout some RandomNumberGenerator
  ) throws(CipherError) {
    guard !recipients.isEmpty else { throw CipherError(code: .invalidKey) }
    let fileKey = SecretBytes(count: AgeFileKey.byteCount, using: &generator)
    var stanzas: [AgeStanza] = []
    for recipient in recipients {
      stanzas.append(try AgeFileKey.stanza(wrapping: fileKey, to: recipient, using: &generator))
    }
    try self.init(stanzas, fileKey, using: &generator)
  }

  /// A file that whoever knows `passphrase` can open.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package init(
    under passphrase: borrowing AgePassphrase, using generator: inout some RandomNumberGenerator
  ) throws(CipherError) {
    let fileKey = SecretBytes(count: AgeFileKey.byteCount, using: &generator)
    let stanza = try AgeFileKey.stanza(wrapping: fileKey, under: passphrase, using: &generator)
    try self.init([stanza], fileKey, using: &generator)
  }

  private init(
    _ stanzas: [AgeStanza], _ fileKey: borrowing SecretBytes, using generator: inout some RandomNumberGenerator
  ) throws(CipherError) {
    let header = AgeHeader(stanzas, fileKey: fileKey).bytes
    guard header.count <= AgeHeader.longest else { throw CipherError(code: .tooLong) }
    let nonce = [UInt8](randomCount: AgePayload.nonceByteCount, using: &generator)
    chunks = ChunkStream.Sealer(.chaCha20Poly1305, key: AgePayload.key(fileKey, nonce))
    head = header + nonce
  }

  /// Takes in more of the file, and appends what is encrypted of it.
  package mutating func update(_ text: Span<UInt8>, into output: inout [UInt8]) throws(CipherError) {
    writeHead(into: &output)
    try chunks.update(text, into: &output)
  }

  /// Appends what is left; there is nothing to encrypt after that.
  package mutating func finish(into output: inout [UInt8]) throws(CipherError) {
    writeHead(into: &output)
    try chunks.finish(into: &output)
  }

  private mutating func writeHead(into output: inout [UInt8]) {
    output += head
    head = []
  }
}

enum AgePayload {
  static let nonceByteCount = 16

  static func key(_ fileKey: borrowing SecretBytes, _ nonce: [UInt8]) -> SecretBytes {
    fileKey.derived(for: Array("payload".utf8), salt: nonce)
  }
}
