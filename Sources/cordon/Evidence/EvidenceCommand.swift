import ArgumentParser

/// `cordon evidence`: what an auditor takes away, and checks without believing anybody.
struct EvidenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence", abstract: "Write and check evidence about encryption and keys.",
    subcommands: [EvidenceEncryptionCommand.self, EvidenceVerifyCommand.self, EvidenceUnsecuredCommand.self])
}
