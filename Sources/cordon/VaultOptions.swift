import ArgumentParser
import Gateway
import Glibc
import Ledger
import Vault

/// Where the vault is, and what opens it.
struct VaultOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The data directory.", valueName: "directory"))
  var data = "cordon-data"

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The file with the passphrase of the key file; else the systemd credential `vault-passphrase`, else the variable CORDON_VAULT_PASSPHRASE.",
      valueName: "file"))
  var passphraseFile: String?

  /// The folder of the key file.
  var keys: String { "\(data)/keys" }

  /// Where the passphrase comes from.
  var passphrase: PassphraseSource { VaultOptions.source(passphraseFile) }

  /// The vault, for changing keys.
  func open() throws -> Vault {
    try VaultOptions.saying("vault in `\(data)`") { () throws(VaultError) in
      let provider = try LocalProvider(folder: keys, passphrase: passphrase)
      return try Vault.open(data: data, provider: provider, for: .administration)
    }
  }

  static func source(_ file: String?) -> PassphraseSource {
    if let file { return .file(file) }
    if let folder = unsafe getenv("CREDENTIALS_DIRECTORY") {
      let path = unsafe "\(String(cString: folder))/vault-passphrase"
      if unsafe access(path, R_OK) == 0 { return .file(path) }
    }
    return SecretSource.environment("CORDON_VAULT_PASSPHRASE").passphrase
  }

  /// What `body` gives, or the failure that says why not.
  static func saying<Value: ~Copyable>(
    _ what: String, _ body: () throws(VaultError) -> Value
  ) throws(CommandFailure) -> Value {
    do throws(VaultError) {
      return try body()
    } catch {
      throw failure(what, error)
    }
  }

  /// The same, waiting.
  static func saying<Value: ~Copyable>(
    _ what: String, _ body: () async throws(VaultError) -> Value
  ) async throws(CommandFailure) -> Value {
    do throws(VaultError) {
      return try await body()
    } catch {
      throw failure(what, error)
    }
  }

  static func failure(_ what: String, _ error: VaultError) -> CommandFailure {
    let code: CommandFailure.Code =
      switch error.code {
      case .missing: .noInput
      case .malformed, .wrongPassphrase, .noPassphrase: .unreadableInput
      default: .unavailable
      }
    let help =
      switch error.code {
      case .locked: "\nhelp: two custodians turn the kill switch off: `cordon vault propose unlock vault`"
      case .noPassphrase: "\nhelp: give it with `--passphrase-file`"
      case .unrecorded: "\nhelp: start the gateway, or run the command again while no other process has the log"
      default: ""
      }
    return CommandFailure(code, "\(what): \(error)\(help)")
  }
}

/// A person with the key that signs.
struct PersonOptions: ParsableArguments {
  @Option(name: .customLong("as"), help: ArgumentHelp("Your key file.", valueName: "file"))
  var keyFile: String

  @Option(name: .long, help: ArgumentHelp("The file with the passphrase of your key file.", valueName: "file"))
  var keyPassphraseFile: String?

  /// The key.
  func key() throws -> CustodianKey {
    guard let text = TextFile.contents(of: keyFile) else {
      throw CommandFailure(.noInput, "cannot read `\(keyFile)`")
    }
    return try VaultOptions.saying("key file `\(keyFile)`") { () throws(VaultError) in
      try CustodianKey(file: text, passphrase: keyPassphraseFile.map { .file($0) })
    }
  }
}
