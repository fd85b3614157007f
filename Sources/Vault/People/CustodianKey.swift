import Bytes
package import Ciphers

/// The secret half of a person's key, in the person's own hands.
package struct CustodianKey: ~Copyable, Sendable {
  private static let kind = "custodian-key"
  private static let plainHead = "cordon custodian key 1 "

  /// Whose it is.
  package let name: String
  private let seed: SecretBytes
  private let signing: SigningKey

  /// A fresh key for a person of this name; nil when it is no name.
  package init?(name: String, using generator: inout some RandomNumberGenerator) {
    self.init(name: name, seed: SecretBytes(count: 32, using: &generator))
  }

  private init?(name: String, seed: consuming SecretBytes) {
    guard Custodian.isName(name), let signing = try? SigningKey(seed: seed) else { return nil }
    self.name = name
    self.seed = seed
    self.signing = signing
  }

  /// The public half.
  package var verificationKey: VerificationKey { signing.verificationKey }

  /// The person's signature of a proposal, as the one who makes it or the one who approves it.
  package func sign(_ proposal: Proposal, as part: Proposal.Part) throws(VaultError) -> Signature {
    do throws(CipherError) {
      return try signing.sign(proposal.message(for: part).span)
    } catch {
      throw VaultError(.malformed)
    }
  }

  /// The key as the text of a file; without a passphrase who reads the file has the key.
  package func revealingFile(
    passphrase: PassphraseSource?, parameters: Argon2Parameters = .recommended
  ) throws(VaultError) -> [UInt8] {
    guard let passphrase else {
      let digits = seed.withBytes { Base64URL.encode($0) }
      return Array("\(CustodianKey.plainHead)\(name) \(digits)\n".utf8)
    }
    var random = SystemRandomNumberGenerator()
    var file = SealedFile(kind: "\(CustodianKey.kind) \(name)", parameters: parameters, using: &random)
    let key = try file.key(passphrase.passphrase())
    try file.seal(seed, key: key, using: &random)
    return file.text
  }

  /// The key in the text of a file.
  package init(file text: [UInt8], passphrase: PassphraseSource?) throws(VaultError) {
    let first = String(decoding: text.prefix { $0 != 0x0A }, as: UTF8.self)
    var made: CustodianKey?
    if first.hasPrefix(CustodianKey.plainHead) {
      let words = first.dropFirst(CustodianKey.plainHead.count).split(separator: " ")
      guard words.count == 2, var bytes = Base64URL.decode(String(words[1])) else { throw VaultError(.malformed) }
      made = CustodianKey(name: String(words[0]), seed: SecretBytes(taking: &bytes))
    } else if first.hasPrefix("cordon sealed file 1 \(CustodianKey.kind) ") {
      guard let passphrase else { throw VaultError(.noPassphrase) }
      let name = String(first.dropFirst("cordon sealed file 1 \(CustodianKey.kind) ".count))
      let file = try SealedFile(text, kind: "\(CustodianKey.kind) \(name)")
      made = CustodianKey(name: name, seed: try file.open(key: file.key(passphrase.passphrase())))
    }
    guard let made else { throw VaultError(.malformed) }
    self = made
  }
}
