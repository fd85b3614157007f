import ArgumentParser
import Bytes
import Gateway
import Ledger

/// `cordon egress report`: where something went, and whether it may.
struct EgressReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Compare the machines that were sent something with those that routes lead to.",
    discussion: """
      It reads from the log, of every replica, which machines requests were opened to, and from the configuration to \
      which `routes` lead. It ends with 0 when the second has all of the first, and with 1 when something went elsewhere. \
      What went out before entries named the machine is `(not recorded)`, and counts as elsewhere: leave it out with \
      --since. The log is read against the vault's key, and has to be as long as the vault says that it was; with --key \
      the vault is not opened.
      """)

  @Option(name: .long, help: ArgumentHelp("The configuration.", valueName: "file"))
  var config = "cordon.yaml"

  @Option(
    name: .long, help: ArgumentHelp("The data directory (default: that of the configuration).", valueName: "directory"))
  var data: String?

  @OptionGroup var proved: ProvedLogsOptions

  @Option(
    name: .long,
    help: ArgumentHelp("The file with the passphrase of the key file, if not as configured.", valueName: "file"))
  var passphraseFile: String?

  @Option(name: .long, help: ArgumentHelp("Only what went out from this day or moment (UTC) on.", valueName: "time"))
  var since: Timestamp?

  @Option(name: .long, help: ArgumentHelp("Only what went out before this day or moment (UTC).", valueName: "time"))
  var until: Timestamp?

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let configuration = try Assembly.goodConfiguration(at: config)
    let usual = try VaultPlace(config: config, data: nil, passphraseFile: passphraseFile)
    let place = data.map { usual.moved(to: $0) } ?? usual
    let logs = try await proved.logs(of: place)
    let report: EgressReport
    do {
      report = try EgressReport(configuration, in: logs, since: since, until: until)
    } catch let error as LedgerError {
      throw CommandFailure(error.code == .missing ? .noInput : .unreadableInput, "\(place.data): \(error)")
    }
    if json {
      StandardOutput.line(String(decoding: report.json.bytes, as: UTF8.self))
    } else {
      for line in report.lines { StandardOutput.line(line) }
      if !report.hasRoutes { StandardError.line("\(config) has no `routes`: nothing is approved by name") }
    }
    if !report.strays.isEmpty { throw ExitCode(1) }
  }
}
