import Bytes
package import Ciphers

/// The keys of a data directory, in files that their owner alone may read.
///
///     keys/log-signing.key   the seed of the Ed25519 key that signs the log, in base64
///     keys/sealing.key       the master key under which sent texts are sealed, in base64
///     keys/log.vkey          the verifier key, for everybody
///
/// Who can read these files can sign another log: until keys live in a store of their own, the log is as safe from its
/// machine's administrator as the last checkpoint that somebody else has kept.
package struct Custody: ~Copyable {
  private static let signingFile = "log-signing.key"
  private static let sealingFile = "sealing.key"
  private static let verifierFile = "log.vkey"

  /// Signs the log.
  package let signing: SigningKey
  /// Seals what was sent.
  package let sealing: SealingKey
  /// What the secrets of session tokens are derived from.
  package let tokens: SecretBytes
  /// Checks the log.
  package let verifier: VerifierKey

  /// The keys in the data directory; those that are missing are made first, but never for a log that has its keys.
  package init(data: String, using generator: inout some RandomNumberGenerator) throws(LedgerError) {
    let directory = Directory(data).directory("keys")
    try Directory(data).create()
    try directory.create()
    let hasLog = try !LogDirectory(data: data).isEmpty()
    let seed = try Custody.secret(Custody.signingFile, in: directory, mayCreate: !hasLog, using: &generator)
    let master = try Custody.secret(Custody.sealingFile, in: directory, mayCreate: !hasLog, using: &generator)
    let signing = try Custody.valid { () throws(CipherError) in try SigningKey(seed: seed) }
    let sealing = try Custody.valid { () throws(CipherError) in try SealingKey(master: master) }
    verifier = try Custody.verifier(of: signing.verificationKey, in: directory)
    self.signing = signing
    self.sealing = sealing
    tokens = master.derived(for: "cordon session tokens v1")
  }

  /// The verifier key of a data directory, read from its public file.
  package static func verifier(data: String) throws(LedgerError) -> VerifierKey {
    guard let text = try Directory(data).directory("keys").content(of: verifierFile) else {
      throw LedgerError(.missing)
    }
    return try verifier(text)
  }

  private static func verifier(
    of key: VerificationKey, in directory: Directory
  ) throws(LedgerError) -> VerifierKey {
    if let text = try directory.content(of: verifierFile) {
      let verifier = try verifier(text)
      guard verifier.key == key else { throw LedgerError(.invalidKey) }
      return verifier
    }
    // The origin tells one installation's log from another's without being configured.
    let name = "cordon.invalid/log/\(Hex.encode(Array(Digest(hashing: key.bytes.span).bytes.prefix(8))))"
    guard let verifier = VerifierKey(name: name, key: key) else { throw LedgerError(.invalidKey) }
    let text = Array("\(verifier)\n".utf8)
    try directory.replace(verifierFile, with: text.span, mode: 0o644)
    return verifier
  }

  private static func verifier(_ text: [UInt8]) throws(LedgerError) -> VerifierKey {
    guard text.last == 0x0A, let key = VerifierKey(String(decoding: text.dropLast(), as: UTF8.self)) else {
      throw LedgerError(.invalidKey)
    }
    return key
  }

  private static func valid<Key: ~Copyable>(_ make: () throws(CipherError) -> Key) throws(LedgerError) -> Key {
    do throws(CipherError) {
      return try make()
    } catch {
      throw LedgerError(.invalidKey)
    }
  }

  private static func secret(
    _ name: String, in directory: Directory, mayCreate: Bool, using generator: inout some RandomNumberGenerator
  ) throws(LedgerError) -> SecretBytes {
    if var text = try directory.content(of: name) {
      defer { text.wipe() }
      guard text.last == 0x0A, var bytes = Base64.decode(String(decoding: text.dropLast(), as: UTF8.self)),
        bytes.count == 32
      else { throw LedgerError(.invalidKey) }
      return SecretBytes(taking: &bytes)
    }
    guard mayCreate else { throw LedgerError(.invalidKey) }
    var bytes = [UInt8](randomCount: 32, using: &generator)
    var text = Array("\(Base64.encode(bytes))\n".utf8)
    try directory.replace(name, with: text.span)
    text.wipe()
    return SecretBytes(taking: &bytes)
  }
}
