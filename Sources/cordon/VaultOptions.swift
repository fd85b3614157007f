import ArgumentParser
import Gateway
import Glibc
import Ledger
import Vault

/// Where the vault is, and what opens it.
struct VaultOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The configuration that names the data directory and who keeps the root key.", valueName: "file"))
  var config: String?

  @Option(
    name: .customLong("data"),
    help: ArgumentHelp(
      "The data directory, with a key file in it (default: cordon-data).", valueName: "directory"))
  var folder: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The file with the passphrase of the key file; else the systemd credential `vault-passphrase`, else the variable CORDON_VAULT_PASSPHRASE.",
      valueName: "file"))
  var passphraseFile: String?

  func validate() throws {
    guard config == nil || folder == nil else { throw ValidationError("The configuration names the data directory.") }
  }

  /// The vault that is meant.
  func place() throws -> VaultPlace {
    try VaultPlace(config: config, data: folder, passphraseFile: passphraseFile)
  }

  /// What `body` does with the vault, for changing keys.
  func withVault<Value>(_ body: (Vault, VaultPlace) async throws -> Value) async throws -> Value {
    let place = try place()
    return try await place.withVault { vault in try await body(vault, place) }
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
      case .altered(.kept):
        "\nhelp: `cordon kept repair` takes out what was changed, and has the log say so; where it says the same, the file "
          + "has other tables or triggers than Cordon makes: take it away"
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
