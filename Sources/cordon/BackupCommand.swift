import ArgumentParser
import Backup
import Gateway
import Ledger
import Vault

/// `cordon backup`: one encrypted file with everything but the keys.
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Write a backup: one age file that the stock `age` and `tar` open.",
    discussion: """
      It holds the log, or the root log and the shards of several replicas, the stores without the keys of subjects, and the configuration; the keys are in the file that
      `cordon escrow` writes, for other people to keep. It may run while the gateway does. Nothing is written over, and
      the file has no name before the log has an entry with its digest.

      A shard that is not what the root log or the vault says of it is in the backup as it lies there, and the backup, \
      its entry in the log and `cordon restore` say that nothing proves it: the exit code is 1. There is no backup of a \
      root log, of a single gateway's log, or of the shard `commands` that is not what it was.
      """)

  @Option(name: .long, help: ArgumentHelp("The file to write.", valueName: "file.age"))
  var to: String

  @OptionGroup var vault: VaultPlaceOptions
  @OptionGroup var recipients: RecipientOptions

  func run() async throws {
    let place = try vault.place()
    try place.refuseUnapproved("a backup")
    let content = try vault.content()
    let readers = try recipients.recipients()
    try await place.withVault { vault in
      let unproved = try await ProvedLogs.saying(place.data) {
        try await ProvedLogs.unprovedShards(place.data, vault)
      }
      var random = SystemRandomNumberGenerator()
      let archive: WrittenArchive
      do throws(BackupError) {
        let shards = Set(unproved.keys)
        archive = try Backup(data: place.data).write(
          to: to, for: readers, configuration: content, unproved: shards, at: Assembly.now(), using: &random)
      } catch {
        throw CommandFailure(error.code == .missing ? .noInput : .outputFailed, "\(to): \(error)")
      }
      try await archive.publish(as: to) {
        _ = try await VaultOptions.saying("the log entry of the backup") { () async throws(VaultError) in
          try await vault.note(.backupMade, of: archive.digest, remark: BackupCommand.remark(unproved.keys.sorted()))
        }
        try await VaultRecorder.record(vault, place)
      }
      let manifest = archive.manifest
      if let log = manifest.log { StandardOutput.line("log        \(log.size) entries signed by the checkpoint") }
      if let root = manifest.rootLog { StandardOutput.line("root       \(root.size) entries signed by the checkpoint") }
      for shard in manifest.shards {
        StandardOutput.line("shard      \(shard.replica): \(shard.log.size) entries signed by the checkpoint")
      }
      StandardOutput.line("files      \(manifest.files.count), \(manifest.files.reduce(0) { $0 + $1.size }) bytes")
      StandardOutput.line("subjects   \(manifest.rows(of: "subject")), their keys are not in it")
      let tokens = manifest.rows(of: "token")
      if tokens > 0 { StandardOutput.line("tokens     \(tokens), their keys are not in it") }
      StandardOutput.line("digest     \(archive.digest)")
      for (_, log) in unproved.sorted(by: { $0.key < $1.key }) { StandardOutput.line("UNPROVED   \(log)") }
      guard unproved.isEmpty else { throw ExitCode(1) }
    }
  }

  /// What the log says of a backup in which nothing proves some of the shards; nil when each is proved.
  static func remark(_ unproved: [ReplicaName]) -> String? {
    guard !unproved.isEmpty else { return nil }
    let names = unproved.prefix(4).map { "shards/\($0)" }.joined(separator: ", ")
    return "not proved: \(names)" + (unproved.count > 4 ? " and \(unproved.count - 4) more" : "")
  }
}

/// Where the vault is, for commands that have other passphrases as well.
struct VaultPlaceOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The configuration, which names the data directory and who keeps the root key.", valueName: "file"))
  var config: String?

  @Option(
    name: .customLong("data"),
    help: ArgumentHelp("The data directory, if it is not the configuration's or cordon-data.", valueName: "directory"))
  var folder: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The file with the passphrase of the key file; else the systemd credential or the variable.", valueName: "file"))
  var vaultPassphraseFile: String?

  @Flag(
    name: .long,
    help: "Refuse what is not approved, as `fips.required` and a gateway that was started with --fips on the data do.")
  var fips = false

  /// The vault that is meant.
  func place() throws -> VaultPlace {
    var place = try VaultPlace(config: config, data: folder, passphraseFile: vaultPassphraseFile)
    if fips { place.allowsApprovedOnly = true }
    return place
  }

  /// The bytes of the configuration; nil without one.
  func content() throws -> [UInt8]? {
    guard let config else { return nil }
    guard let bytes = TextFile.contents(of: config) else {
      throw CommandFailure(.noInput, "\(config): cannot be read")
    }
    return bytes
  }
}

extension WrittenArchive {
  /// Gives the file its name once `recording` has brought it into the log; else removes it.
  func publish(as name: String, after recording: () async throws -> Void) async throws {
    do {
      try await recording()
    } catch {
      discard()
      throw error
    }
    do throws(BackupError) {
      try publish()
    } catch {
      discard()
      throw CommandFailure(.outputFailed, "\(name): \(error)")
    }
  }
}
