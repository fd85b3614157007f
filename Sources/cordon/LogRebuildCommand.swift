import ArgumentParser
import Ciphers
import Ledger
import Vault

/// `cordon log rebuild`: makes anew what is derived from the log's segments.
struct LogRebuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild", abstract: "Make the tiles of the log anew from its segments.",
    discussion: """
      The old tiles stay until the new ones are whole and have the root that the checkpoint was signed for. The gateway
      must not run meanwhile.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var actor: ActorOptions

  @Option(name: .long, help: "The replica whose shard it is, or root, where several write.")
  var shard: String?

  func run() async throws {
    let place = try options.place()
    try await Recording.check(place)
    let directory = try WitnessedLog(place.data, shard).directory
    let before = LogRebuildCommand.edge(directory)
    let checkpoint = try directory.reading { data throws(LedgerError) in
      try AuditLog.rebuildTiles(data: data, key: Custody.verifier(data: data))
    }
    let after = checkpoint.root
    try await Recording.record(.logRebuilt, about: "tiles", by: actor.person, place) { _ in
      StoredChange(from: before, to: after, by: .unlink)
    }
    StandardOutput.line("tiles of \(checkpoint.size) entries, with the root that was signed")
  }

  /// The root to which the tiles lead that are there; nil when they lead to none that was signed.
  private static func edge(_ directory: DataDirectory) -> Digest? {
    (try? TileReader(data: directory.data, key: Custody.verifier(data: directory.data)))?.checkpoint.root
  }
}
