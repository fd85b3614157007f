import ArgumentParser
import Bytes
import Ledger

/// `cordon log fsck`: says everything that is wrong with the log.
struct LogFsckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fsck", abstract: "Look for everything that is wrong with the log, and say what can be done.",
    discussion: """
      It changes nothing without --cut-torn-end. `cordon log verify` stops at the first fault, and its word is the one that counts; this goes
      on behind each fault with what can still be told. Exits 0 when nothing was found, 1 when something was.
      """)

  @OptionGroup var directory: DataDirectory

  @Option(name: .long, help: ArgumentHelp("The verifier key, if not the one in the data directory.", valueName: "vkey"))
  var key: VerifierKey?

  @OptionGroup var older: OlderCheckpoints

  @Flag(
    name: .long,
    help: "First let go of a last batch of which a crash left the seal but not all before it; the log records that.")
  var cutTornEnd = false

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func run() throws {
    let key = try key ?? directory.reading { data throws(LedgerError) in try Custody.verifier(data: data) }
    let checkpoints = try older.signed(by: key)
    if cutTornEnd { try cut(by: key) }
    let inspection = try directory.reading { data throws(LedgerError) in
      try AuditLog.inspect(data: data, key: key, against: checkpoints)
    }
    if json {
      let findings = inspection.findings.map { finding in
        JSONValue.object([
          JSONMember("finding", .string(finding.description)), JSONMember("remedy", .string(finding.remedy.rawValue)),
        ])
      }
      var output: [UInt8] = []
      JSONValue.object([
        JSONMember("entries", .number(String(inspection.entries))),
        JSONMember("segments", .number(String(inspection.segments))), JSONMember("findings", .array(findings)),
      ]).write(into: &output)
      StandardOutput.line(String(decoding: output, as: UTF8.self))
    } else {
      for finding in inspection.findings { StandardOutput.line(finding.description) }
      StandardOutput.line(
        "\(inspection.entries) entries in \(inspection.segments) segments were read, "
          + "\(inspection.findings.count) things found")
    }
    guard inspection.findings.isEmpty else { throw ExitCode(1) }
  }

  private func cut(by key: VerifierKey) throws {
    let bytes = try directory.reading { data throws(LedgerError) in try AuditLog.cutTornEnd(data: data, key: key) }
    guard let bytes else { throw CommandFailure(.unreadableInput, "the log has no torn end") }
    StandardError.line("a torn batch of \(bytes) bytes is let go; the next opening cuts it off and records that")
  }
}
