import ArgumentParser
import Backup
import Ledger
import Vault

/// `cordon escrow`: one encrypted file with the keys, which two people have to agree to.
struct EscrowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "escrow", abstract: "Write the keys to an age file, for other people to keep than the backups.",
    discussion: """
      It holds the wrapped keys of subjects and the sealed files of keys. It needs a proposal to export `escrow` for the
      same recipients that two people have signed: `cordon vault propose export escrow --recipient …`. Keep it apart from
      the backups, and replace it when subjects were destroyed: `cordon restore` destroys again what the log says was
      destroyed.
      """)

  @Option(name: .long, help: ArgumentHelp("The file to write.", valueName: "file.age"))
  var to: String

  @OptionGroup var vault: VaultPlaceOptions
  @OptionGroup var recipients: RecipientOptions

  @Option(name: .long, help: ArgumentHelp("The proposal that two people have signed.", valueName: "id"))
  var proposal: String

  func run() async throws {
    let place = try vault.place()
    let named = recipients.readers
    try place.refuseUnapproved("an escrow")
    let readers = try recipients.recipients()
    try await place.withVault { vault in
      let refusal = "the vault does not give out its keys"
      try await VaultOptions.saying(refusal) { () async throws(VaultError) in
        try await vault.checkExport(proposal, to: named)
      }
      var random = SystemRandomNumberGenerator()
      let archive: WrittenArchive
      do throws(BackupError) {
        archive = try Backup(data: place.data).writeEscrow(
          to: to, for: readers, at: Assembly.now(), using: &random)
      } catch {
        throw CommandFailure(error.code == .missing ? .noInput : .outputFailed, "\(to): \(error)")
      }
      try await archive.publish(as: to) {
        _ = try await VaultOptions.saying(refusal) { () async throws(VaultError) in
          try await vault.exportKeys(proposal, to: named, in: archive.digest)
        }
        try await VaultRecorder.record(vault, place)
      }
      StandardOutput.line("subjects   \(archive.manifest.rows(of: "subject_key")) keys, wrapped")
      StandardOutput.line("files      \(archive.manifest.files.count)")
      StandardOutput.line("digest     \(archive.digest)")
    }
  }
}
