import ArgumentParser
import Backup
import Ciphers
import Glibc
import Ledger
import Vault

/// `cordon restore`: a data directory from a backup, once everything in it is proved.
struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Restore a backup into a new directory, or try whether it could be.",
    discussion: """
      Every byte of the log, every store and every count is checked before the directory gets its name; nothing is
      written over. Keys come from an escrow; those of subjects that the log says were destroyed stay destroyed.
      With `--drill` the directory is removed again, and the log of `--data` records that the backup was proved.
      """)

  @Argument(help: ArgumentHelp("The backup.", valueName: "file.age"))
  var archive: String

  @Option(name: .long, help: ArgumentHelp("The directory to make.", valueName: "directory"))
  var into: String?

  @Flag(name: .long, help: "Prove the backup and keep nothing.")
  var drill = false

  @OptionGroup var directory: DataDirectory
  @OptionGroup var vault: VaultPassphrase

  @Option(name: .long, help: ArgumentHelp("A file of age identities that open the backup.", valueName: "file"))
  var identity: String?

  @Option(name: .long, help: ArgumentHelp("A file with the passphrase that opens it.", valueName: "file"))
  var passphraseFile: String?

  @Option(name: .long, help: ArgumentHelp("The escrow with the keys.", valueName: "file.age"))
  var escrow: String?

  @Option(name: .long, help: ArgumentHelp("A file of identities that open the escrow.", valueName: "file"))
  var escrowIdentity: String?

  @Option(name: .long, help: ArgumentHelp("A file with the passphrase of the escrow.", valueName: "file"))
  var escrowPassphraseFile: String?

  @Option(name: .long, help: ArgumentHelp("The log's verifier key, if not the one in the backup.", valueName: "vkey"))
  var key: VerifierKey?

  func validate() throws {
    guard drill == (into == nil) else { throw ValidationError("give `--into`, or `--drill` without it") }
    guard (identity == nil) != (passphraseFile == nil) else {
      throw ValidationError("give `--identity` or `--passphrase-file`, and not both")
    }
    guard escrow == nil || (escrowIdentity == nil) != (escrowPassphraseFile == nil) else {
      throw ValidationError("an escrow needs `--escrow-identity` or `--escrow-passphrase-file`")
    }
  }

  func run() async throws {
    let start = ContinuousClock.now
    let proof = try await restored(into ?? "\(archive).drill-\(getpid())")
    let seconds = start.duration(to: .now) / .seconds(1)
    StandardOutput.line("log        \(proof.log.entries) entries, every byte was checked")
    StandardOutput.line("subjects   \(proof.subjects), and \(proof.destroyed) destroyed")
    if proof.withoutKey > 0 { StandardOutput.line("           \(proof.withoutKey) without a key: there is no escrow") }
    if proof.destroyedAgain > 0 {
      StandardOutput.line("destroyed  \(proof.destroyedAgain) keys of the escrow, as the log says they were")
    }
    StandardOutput.line("time       \(Int(seconds.rounded(.up))) s")
    StandardOutput.line(into.map { "restored   \($0)" } ?? "drilled    the backup can be restored")
    await LogRecord.append(drill ? .restoreDrilled : .restoreCompleted, to: into ?? directory.data, vault)
  }

  private func restored(_ target: String) async throws -> Restoration.Proof {
    var restoration = try AgeSecrets.opening(archive, identity: identity, passphraseFile: passphraseFile) {
      decryptor throws(BackupError) in
      try Restoration(of: archive, with: decryptor, into: target)
    }
    if let escrow {
      try AgeSecrets.opening(escrow, identity: escrowIdentity, passphraseFile: escrowPassphraseFile) {
        decryptor throws(BackupError) in
        try restoration.add(escrow: escrow, with: decryptor)
      }
    }
    let proof: Restoration.Proof
    do throws(BackupError) {
      proof = try restoration.prove(with: key)
    } catch {
      throw CommandFailure(.unreadableInput, "\(archive): \(error)")
    }
    if escrow != nil, restoration.manifest.vault != nil { try await proveKeys(in: restoration.path) }
    do throws(BackupError) {
      if !drill { try restoration.complete() }
      return proof
    } catch {
      throw CommandFailure(.outputFailed, "\(target): \(error)")
    }
  }

  /// Opens the vault from its root: the key that it has for the log has to be the one that the log is signed with.
  private func proveKeys(in path: String) async throws {
    let signing: SigningKey
    do throws(VaultError) {
      signing = try await vault.vault(of: path).logSigningKey()
    } catch {
      throw CommandFailure(.unreadableInput, "the vault of the backup does not open with the escrow: \(error)")
    }
    let verifier = try Custody.verifier(data: path)
    guard signing.verificationKey == verifier.key else {
      throw CommandFailure(.unreadableInput, "the vault of the backup is not that of its log")
    }
  }
}
