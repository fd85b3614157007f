import ArgumentParser
import Ledger

/// `cordon log rebuild`: makes anew what is derived from the log's segments.
struct LogRebuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild", abstract: "Make the tiles of the log anew from its segments.",
    discussion: """
      The old tiles stay until the new ones are whole and have the root that the checkpoint was signed for. The gateway
      must not run meanwhile.
      """)

  @OptionGroup var directory: DataDirectory

  func run() throws {
    let checkpoint = try directory.reading { data throws(LedgerError) in
      try AuditLog.rebuildTiles(data: data, key: Custody.verifier(data: data))
    }
    StandardOutput.line("tiles of \(checkpoint.size) entries, with the root that was signed")
  }
}
