import ArgumentParser
import Gateway
import Ledger
import Policy

/// What of the log is asked again under other policies.
struct PolicyReplayOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The configuration whose log is asked again.", valueName: "file"))
  var config: String?

  @Option(
    name: .long, help: ArgumentHelp("The data directory (default: that of the configuration).", valueName: "directory"))
  var data: String?

  @Option(name: .long, help: ArgumentHelp("How many days of the log, up to now.", valueName: "days"))
  var days = 1

  func validate() throws {
    guard data == nil || config != nil else { throw ValidationError("The log is read with its configuration.") }
    guard (1...3_650).contains(days) else { throw ValidationError("There are 1 to 3650 days.") }
  }

  /// Asks the log under a set, and prints who would gain or lose what; false when nothing would change.
  func replay(_ text: PolicyText, config: String) throws -> Bool {
    var configuration = try Assembly.goodConfiguration(at: config)
    configuration.policy = configuration.policy ?? PolicySettings(source: .hospital)
    let policy = try PolicyFile.sayingFault { () throws(PolicyFault) in
      try PolicyInForce(text, for: configuration)
    }
    let folder = data ?? configuration.dataDirectory
    let now = Assembly.now()
    let replay: PolicyReplay
    do {
      replay = try PolicyReplay(
        policy, configuration, data: folder, since: Timestamp(milliseconds: now - Int64(days) * 86_400_000), until: nil)
    } catch let error as LedgerError {
      throw CommandFailure(error.code == .missing ? .noInput : .unreadableInput, "\(folder): \(error)")
    }
    for line in replay.lines { StandardOutput.line(line) }
    StandardOutput.line(
      "\(replay.requests) requests of the last \(days == 1 ? "day" : "\(days) days"): \(replay.gained) gained, "
        + "\(replay.lost) lost" + (replay.unclear > 0 ? "; \(replay.unclear) cannot be asked again" : ""))
    return replay.gained + replay.lost > 0
  }
}
