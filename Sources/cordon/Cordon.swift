import ArgumentParser
import Gateway

/// The command `cordon`; each of its subcommands has a file of its own.
struct Cordon: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cordon",
    abstract:
      "Stands between people and generative AI: no identifier of a patient leaves, and every step can be proved.",
    version: CordonRelease.version,
    groupedSubcommands: [
      CommandGroup(
        name: "GATEWAY",
        subcommands: [ServeCommand.self, ReloadCommand.self, DemonstrationCommand.self, KeyCommand.self]),
      CommandGroup(
        name: "TEXT", subcommands: [RedactCommand.self, ScanCommand.self, DeidCommand.self, EvaluateCommand.self]),
      CommandGroup(name: "POLICY", subcommands: [PolicyCommand.self, GrantCommand.self, ConsentCommand.self]),
      CommandGroup(name: "TRAINING", subcommands: [TrainCommand.self]),
      CommandGroup(
        name: "KEYS", subcommands: [VaultCommand.self, SubjectCommand.self, TokenCommand.self, KeptCommand.self]),
      CommandGroup(
        name: "VENDORS", subcommands: [VendorCommand.self, KillCommand.self, EmergencyCommand.self, EgressCommand.self]),
      CommandGroup(
        name: "EVIDENCE",
        subcommands: [
          ExplainCommand.self, LogCommand.self, EvidenceCommand.self, ProtectionCommand.self, SafeguardsCommand.self,
        ]),
      CommandGroup(name: "ENCRYPTED COMPUTATION", subcommands: [ComputeCommand.self, BenchCommand.self]),
      CommandGroup(name: "RECOVERY", subcommands: [BackupCommand.self, EscrowCommand.self, RestoreCommand.self]),
    ])
}
