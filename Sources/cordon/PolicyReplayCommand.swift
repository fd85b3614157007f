import ArgumentParser
import Gateway
import Ledger

/// `cordon policy replay`: tells whether the decisions of the log come out again.
struct PolicyReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Tell whether decisions of the log come out again under the policies that made them.",
    discussion: """
      Each request of the last day, or of --days, is asked again of the set of policies that its entry names, under the \
      configuration that was in force then; the data directory keeps both under their hashes. Exits 0 when each decision \
      comes out again, 1 when one comes out otherwise, 3 when one cannot be asked again.
      """)

  @OptionGroup var directory: DataDirectory
  @OptionGroup var signed: LogKeyOptions

  @Option(name: .long, help: ArgumentHelp("How many days of the log, up to now.", valueName: "days"))
  var days = 1

  func validate() throws {
    guard (1...3_650).contains(days) else { throw ValidationError("There are 1 to 3650 days.") }
  }

  func run() throws {
    let logs = try signed.logs(of: directory)
    let since = Timestamp(milliseconds: Assembly.now() - Int64(days) * 86_400_000)
    let replay = try directory.readingAll { data in try DecisionReplay(logs, data: data, since: since) }
    for difference in replay.differences { StandardOutput.line("\(difference.request) \(difference.words)") }
    let untold = replay.differing - replay.differences.count
    if untold > 0 { StandardOutput.line("and \(untold) more") }
    for gap in DecisionReplay.Gap.allCases {
      guard let count = replay.gaps[gap] else { continue }
      StandardOutput.line("\(count) cannot be asked again: \(gap.rawValue)")
    }
    let sets = replay.sets.count
    StandardOutput.line(
      "\(replay.decisions) decisions of the last \(days == 1 ? "day" : "\(days) days") under \(sets) "
        + "\(sets == 1 ? "set" : "sets") of policies: \(replay.reproduced) come out again, \(replay.differing) otherwise"
    )
    guard replay.differing == 0 else { throw ExitCode(1) }
    guard replay.unclear == 0 else { throw ExitCode(3) }
  }
}
