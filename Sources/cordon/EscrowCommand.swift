import ArgumentParser
import Backup
import Ledger
import Vault

/// `cordon escrow`: one encrypted file with the keys, which two people have to agree to.
struct EscrowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "escrow", abstract: "Write the keys to an age file, for other people to keep than the backups.",
    discussion: """
      It holds the wrapped keys of subjects and the sealed files of keys. It needs a proposal to export
      `escrow` that two people have signed. Keep it apart from the backups, and replace it when subjects were destroyed:
      `cordon restore` destroys again what the log says was destroyed.
      """)

  @Option(name: .long, help: ArgumentHelp("The file to write.", valueName: "file.age"))
  var to: String

  @OptionGroup var directory: DataDirectory
  @OptionGroup var recipients: RecipientOptions
  @OptionGroup var passphrase: VaultPassphrase

  @Option(name: .long, help: ArgumentHelp("The proposal that two people have signed.", valueName: "id"))
  var proposal: String

  func run() async throws {
    do throws(VaultError) {
      let vault = try passphrase.vault(of: directory.data)
      let approval = try await vault.approval(of: proposal)
      guard approval.proposal.operation == .export, approval.proposal.object == "escrow" else {
        throw VaultError(.forbidden)
      }
    } catch {
      throw CommandFailure(.unavailable, "the vault does not give out its keys: \(error)")
    }
    var random = SystemRandomNumberGenerator()
    let readers = try recipients.recipients()
    let manifest: Manifest
    do throws(BackupError) {
      manifest = try Backup(data: directory.data).writeEscrow(
        to: to, for: readers, at: Assembly.now(), using: &random)
    } catch {
      throw CommandFailure(error.code == .missing ? .noInput : .outputFailed, "\(to): \(error)")
    }
    StandardOutput.line("subjects   \(manifest.rows(of: "subject_key")) keys, wrapped")
    StandardOutput.line("files      \(manifest.files.count)")
    await LogRecord.append(.keyExported, to: directory.data, passphrase)
  }
}
