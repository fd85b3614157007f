import ArgumentParser

/// `cordon evaluate`: how well detection does, on labelled text and on outputs that a person reads.
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Score detection against labelled text, or by a sample of outputs.",
    subcommands: [ScoreCommand.self, SpotCheckCommand.self], defaultSubcommand: ScoreCommand.self)
}
