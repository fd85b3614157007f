import ArgumentParser
import Ledger
import Vault

/// The vault of a data directory, for commands that have other passphrases as well.
struct VaultPassphrase: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The file with the passphrase of the key file; else the systemd credential or the variable.", valueName: "file"))
  var vaultPassphraseFile: String?

  /// The vault of the data directory, for changing keys.
  func vault(of data: String) throws(VaultError) -> Vault {
    let provider = try LocalProvider(folder: "\(data)/keys", passphrase: VaultOptions.source(vaultPassphraseFile))
    return try Vault.open(data: data, provider: provider, for: .administration)
  }
}

/// Entries that a command adds to the log.
enum LogRecord {
  /// Appends an entry, or says on standard error that it could not: the log belongs to a gateway while that runs.
  static func append(_ event: Event, to data: String, _ passphrase: VaultPassphrase) async {
    do {
      let key = try await passphrase.vault(of: data).logSigningKey()
      let log = try AuditLog.open(data: data, key: key)
      try await log.append(Entry(event, at: .now()))
      try await log.close()
    } catch {
      StandardError.line("warning: \(data): `\(event.rawValue)` is not in the log: \(error)")
    }
  }
}
