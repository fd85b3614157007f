import ArgumentParser
import Bytes
import Ciphers
import Vault

/// `cordon vault init`: the ceremony with which a vault begins.
struct VaultInitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make the vault, with its first two custodians.",
    discussion: """
      Each of the two makes a key first, on a machine of their own: `cordon vault custodian key NAME`. Here only the \
      public halves are given.
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
    let vault = try await VaultOptions.saying("vault in `\(options.data)`") { () async throws(VaultError) in
      try Vault.prepare(data: options.data)
      let provider: LocalProvider
      do throws(VaultError) {
        provider = try LocalProvider.create(folder: options.keys, passphrase: options.passphrase)
      } catch {
        // A ceremony that was broken off after the key file goes on with it.
        guard error.code == .exists else { throw error }
        provider = try LocalProvider(folder: options.keys, passphrase: options.passphrase)
      }
      return try await Vault.create(data: options.data, provider: provider, people: people)
    }
    StandardOutput.line("vault \(vault.id), custodians \(people.map(\.name).joined(separator: " and "))")
  }

  private static func person(_ text: String) -> Custodian? {
    guard let equals = text.firstIndex(of: "="), let bytes = Base64.decode(String(text[text.index(after: equals)...])),
      let key = try? VerificationKey(bytes.span)
    else { return nil }
    return Custodian(name: String(text[..<equals]), key: key, roles: [.keyAdministrator])
  }
}
