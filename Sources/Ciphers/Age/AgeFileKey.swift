import Bytes
internal import Crypto
internal import CryptoExtras

/// The wrapping of a file key for one recipient or one passphrase.
enum AgeFileKey {
  static let byteCount = 16

  private static let nonce = [UInt8](repeating: 0, count: 12)
  private static let x25519 = "X25519"
  private static let scrypt = "scrypt"

  static func stanza(
    wrapping fileKey: borrowing SecretBytes, to recipient: AgeRecipient,
    using generator: inout some RandomNumberGenerator
  ) throws(CipherError) -> AgeStanza {
    let ephemeral = SecretBytes(count: 32, using: &generator)
    let share = try X25519.recipient(of: ephemeral).bytes
    let key = try wrapKey(X25519.shared(ephemeral, recipient.bytes), share, recipient)
    return AgeStanza(
      arguments: [x25519, String(decoding: RawBase64.encode(share), as: UTF8.self)], body: try seal(fileKey, key))
  }

  static func stanza(
    wrapping fileKey: borrowing SecretBytes, under passphrase: borrowing AgePassphrase,
    using generator: inout some RandomNumberGenerator
  ) throws(CipherError) -> AgeStanza {
    let salt = [UInt8](randomCount: 16, using: &generator)
    let key = try wrapKey(passphrase, salt, workFactor: passphrase.workFactor)
    let text = String(decoding: RawBase64.encode(salt), as: UTF8.self)
    return AgeStanza(arguments: [scrypt, text, String(passphrase.workFactor)], body: try seal(fileKey, key))
  }

  /// The file key that `stanza` wraps for `identity`; nil when it is for somebody else.
  static func unwrap(_ stanza: AgeStanza, _ identity: borrowing AgeIdentity) throws(CipherError) -> SecretBytes? {
    guard stanza.arguments[0] == x25519 else { return nil }
    guard stanza.arguments.count == 2, let share = RawBase64.decode(stanza.arguments[1], count: 32),
      stanza.body.count == byteCount + ChunkCipher.tagByteCount
    else { throw CipherError(code: .malformed) }
    return open(stanza.body, try wrapKey(X25519.shared(identity.secret, share), share, identity.recipient))
  }

  /// The file key that `stanza` wraps under `passphrase`; nil when it is under another or none.
  static func unwrap(_ stanza: AgeStanza, _ passphrase: borrowing AgePassphrase) throws(CipherError) -> SecretBytes? {
    guard isUnderPassphrase(stanza) else { return nil }
    guard stanza.arguments.count == 3, let salt = RawBase64.decode(stanza.arguments[1], count: 16),
      let factor = workFactor(stanza.arguments[2]), stanza.body.count == byteCount + ChunkCipher.tagByteCount
    else { throw CipherError(code: .malformed) }
    guard factor <= passphrase.largestWorkFactor else { throw CipherError(code: .tooCostly) }
    return open(stanza.body, try wrapKey(passphrase, salt, workFactor: factor))
  }

  static func isUnderPassphrase(_ stanza: AgeStanza) -> Bool { stanza.arguments[0] == scrypt }

  private static func wrapKey(
    _ shared: consuming SecretBytes, _ share: [UInt8], _ recipient: AgeRecipient
  ) -> SecretBytes {
    shared.derived(for: Array("age-encryption.org/v1/X25519".utf8), salt: share + recipient.bytes)
  }

  private static func wrapKey(
    _ passphrase: borrowing AgePassphrase, _ salt: [UInt8], workFactor: Int
  ) throws(CipherError) -> SecretBytes {
    let salt = Array("age-encryption.org/v1/scrypt".utf8) + salt
    do {
      let key = passphrase.secret.key
      return SecretBytes(
        try unsafe key.withUnsafeBytes {
          try unsafe KDF.Scrypt.deriveKey(
            from: $0, salt: salt, outputByteCount: 32, rounds: 1 << workFactor, blockSize: 8, parallelism: 1)
        })
    } catch {
      throw CipherError(code: .tooCostly)
    }
  }

  /// Digits without a leading zero; large ones are all the same.
  private static func workFactor(_ text: String) -> Int? {
    let digits = Array(text.utf8)
    guard let first = digits.first, first != 0x30, digits.allSatisfy(ASCII.isDigit) else { return nil }
    return Int(text) ?? .max
  }

  private static func seal(_ fileKey: borrowing SecretBytes, _ key: borrowing SecretBytes) throws(CipherError)
    -> [UInt8]
  {
    var file = fileKey.withBytes { [UInt8](copying: $0) }
    defer { file.wipe() }
    var body: [UInt8] = []
    try ChunkCipher.chaCha20Poly1305.seal(file.span, key: key, nonce: nonce, into: &body)
    return body
  }

  private static func open(_ body: [UInt8], _ key: borrowing SecretBytes) -> SecretBytes? {
    var file: [UInt8] = []
    do {
      try ChunkCipher.chaCha20Poly1305.open(body.span, key: key, nonce: nonce, into: &file)
    } catch {
      return nil
    }
    return SecretBytes(taking: &file)
  }
}
