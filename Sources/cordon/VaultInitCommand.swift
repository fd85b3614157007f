import ArgumentParser
import Bytes
import Ciphers
import Gateway
import Vault

/// `cordon vault init`: the ceremony with which a vault begins.
struct VaultInitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make the vault, with its first two custodians.",
    discussion: """
      Each of the two makes a key first, on a machine of their own: `cordon vault custodian key NAME`. Here only the \
      public halves are given. Without a configuration that names another keeper of the root key, a key file is made;
      a token (pkcs11) makes the key when it has none; a transit engine and AWS KMS must have it.
      """)

  @OptionGroup var options: VaultOptions

  @Option(
    name: .long, help: ArgumentHelp("A key administrator and the public key; to be given twice.", valueName: "name=key")
  )
  var administrator: [String] = []

  func validate() throws {
    guard administrator.count == 2 else {
      throw ValidationError("Two administrators are needed: no one, and no third.")
    }
  }

  func run() async throws {
    let people = try administrator.map { text in
      guard let person = VaultInitCommand.person(text) else {
        throw ValidationError("`\(text)` is not NAME=KEY, with the key that `cordon vault custodian key` shows.")
      }
      return person
    }
    let place = try options.place()
    try VaultOptions.saying("data directory `\(place.data)`") { () throws(VaultError) in
      try Vault.prepare(data: place.data)
    }
    try VaultInitCommand.makeKeyFile(place)
    let vault = try await place.withKeeper { keeper in
      try await VaultOptions.saying("vault in `\(place.data)`") { () async throws(VaultError) in
        try await VaultInitCommand.makeRootKey(place.settings.key, keeper.provider)
        let vault = try await Vault.create(
          data: place.data, provider: keeper.provider, root: place.settings.key, people: people)
        // There is no log yet: whoever opens it first takes this up.
        let keys = try await vault.keysCode()
        try await vault.note(
          .vaultCreated, about: vault.id, by: people.map(\.name), change: StoredChange(to: keys))
        return vault
      }
    }
    StandardOutput.line("vault \(vault.id), custodians \(people.map(\.name).joined(separator: " and "))")
  }

  /// Makes the key file of the local keeper; a ceremony that was broken off after it goes on with the file.
  private static func makeKeyFile(_ place: VaultPlace) throws {
    guard case .local(passphrase: let passphrase) = place.settings.provider else { return }
    try VaultOptions.saying("key file in `\(place.keys)`") { () throws(VaultError) in
      do throws(VaultError) {
        _ = try LocalProvider.create(
          folder: place.keys, passphrase: passphrase?.passphrase ?? VaultOptions.source(nil))
      } catch {
        guard error.code == .exists else { throw error }
      }
    }
  }

  /// A token makes the root key when it has none; everywhere else somebody has made it before.
  private static func makeRootKey(_ key: KeyID, _ provider: any KeyProvider) async throws(VaultError) {
    if let token = provider as? PKCS11Provider {
      do throws(VaultError) {
        _ = try await token.create(key)
      } catch {
        guard error.code == .exists else { throw error }
      }
    }
    let description = try await provider.describe(key)
    guard description.state == .enabled else { throw VaultError(.keyDisabled, key: key) }
  }

  private static func person(_ text: String) -> Custodian? {
    guard let equals = text.firstIndex(of: "="), let bytes = Base64.decode(String(text[text.index(after: equals)...])),
      let key = try? VerificationKey(bytes.span)
    else { return nil }
    return Custodian(name: String(text[..<equals]), key: key, roles: [.keyAdministrator])
  }
}
