import ArgumentParser
import Backup
import Ledger

/// `cordon backup`: one encrypted file with everything but the keys.
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Write a backup: one age file that the stock `age` and `tar` open.",
    discussion: """
      It holds the log, the stores without the keys of subjects, and the configuration; the keys are in the file that
      `cordon escrow` writes, for other people to keep. It may run while the gateway does. Nothing is written over.
      """)

  @Option(name: .long, help: ArgumentHelp("The file to write.", valueName: "file.age"))
  var to: String

  @OptionGroup var directory: DataDirectory
  @OptionGroup var recipients: RecipientOptions
  @OptionGroup var vault: VaultPassphrase

  @Option(name: .long, help: ArgumentHelp("The configuration to put into it.", valueName: "file"))
  var config: String?

  func run() async throws {
    var content: [UInt8]?
    if let config {
      guard let bytes = TextFile.contents(of: config) else {
        throw CommandFailure(.noInput, "\(config): cannot be read")
      }
      content = bytes
    }
    var random = SystemRandomNumberGenerator()
    let readers = try recipients.recipients()
    let manifest: Manifest
    do throws(BackupError) {
      manifest = try Backup(data: directory.data).write(
        to: to, for: readers, configuration: content, at: Assembly.now(), using: &random)
    } catch {
      throw CommandFailure(error.code == .missing ? .noInput : .outputFailed, "\(to): \(error)")
    }
    StandardOutput.line("log        \(manifest.log?.size ?? 0) entries signed by the checkpoint")
    StandardOutput.line("files      \(manifest.files.count), \(manifest.files.reduce(0) { $0 + $1.size }) bytes")
    StandardOutput.line("subjects   \(manifest.rows(of: "subject")), their keys are not in it")
    await LogRecord.append(.backupMade, to: directory.data, vault)
  }
}
