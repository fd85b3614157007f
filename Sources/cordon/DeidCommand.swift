import ArgumentParser

/// `cordon deid`: documents de-identified by the profile that fits their use.
struct DeidCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deid", abstract: "De-identify documents by a profile, and compare profiles.",
    subcommands: [DeidTextCommand.self, DeidCompareCommand.self])
}
