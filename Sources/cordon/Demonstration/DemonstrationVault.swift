import Bytes
import Ciphers
import class Foundation.FileManager
import Vault

/// The vault of a demonstration: its passphrase and its two custodians are made up and forgotten with the process.
enum DemonstrationVault {
  /// Makes the vault in `folder`, and opens it for use; nil when there is one, whose passphrase is somebody else's.
  static func open(in folder: String) async throws -> Vault? {
    guard !FileManager.default.fileExists(atPath: "\(folder)/vault/vault.sqlite") else { return nil }
    var random = SystemRandomNumberGenerator()
    let passphrase = Base64URL.encode([UInt8](randomCount: 24, using: &random))
    let source = PassphraseSource { () throws(VaultError) in Array(passphrase.utf8) }
    try Vault.prepare(data: folder)
    let provider = try LocalProvider.create(folder: "\(folder)/keys", passphrase: source)
    var people: [Custodian] = []
    for name in ["first", "second"] {
      guard let key = CustodianKey(name: name, using: &random),
        let person = Custodian(name: name, key: key.verificationKey, roles: [.keyAdministrator])
      else { continue }
      people.append(person)
    }
    _ = try await Vault.create(data: folder, provider: provider, people: people)
    return try Vault.open(data: folder, provider: provider, for: .use)
  }
}
