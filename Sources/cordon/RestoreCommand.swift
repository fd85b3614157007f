import ArgumentParser
import Backup
import Glibc
import Ledger

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
    let proof = try restored(into ?? "\(archive).drill-\(getpid())")
    let seconds = start.duration(to: .now) / .seconds(1)
    StandardOutput.line("log        \(proof.log.entries) entries, every byte was checked")
    StandardOutput.line("subjects   \(proof.subjects), and \(proof.destroyed) destroyed")
    if proof.withoutKey > 0 { StandardOutput.line("           \(proof.withoutKey) without a key: there is no escrow") }
    if proof.destroyedAgain > 0 {
      StandardOutput.line("destroyed  \(proof.destroyedAgain) keys of the escrow, as the log says they were")
    }
    StandardOutput.line("time       \(Int(seconds.rounded(.up))) s")
    StandardOutput.line(into.map { "restored   \($0)" } ?? "drilled    the backup can be restored")
    try await LogRecord.append(drill ? .restoreDrilled : .restoreCompleted, to: into ?? directory.data)
  }

  private func restored(_ target: String) throws -> Restoration.Proof {
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
    do throws(BackupError) {
      let proof = try restoration.prove(with: key)
      if !drill { try restoration.complete() }
      return proof
    } catch {
      throw CommandFailure(.unreadableInput, "\(archive): \(error)")
    }
  }
}
