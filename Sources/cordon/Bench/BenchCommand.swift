import ArgumentParser

/// `cordon bench`: figures of this machine.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure on this machine what documents claim.",
    subcommands: [BenchCryptoCommand.self])
}
