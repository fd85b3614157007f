import ArgumentParser

/// `cordon vault`: keys, the people who decide about them, and the kill switch.
struct VaultCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vault", abstract: "Make and keep the vault of keys.",
    discussion: """
      What cannot be taken back takes two people: one proposes (`propose`), another approves (`approve`), and then it is \
      carried out (`rotate`, `unlock`, `destroy`, `carry-out`). Each step is an entry of the log.
      """,
    subcommands: [
      VaultInitCommand.self, VaultStatusCommand.self, VaultCustodianCommand.self, VaultProposeCommand.self,
      VaultApproveCommand.self, VaultProposalsCommand.self, VaultCarryOutCommand.self, VaultRotateCommand.self,
      VaultDestroyCommand.self, VaultLockCommand.self, VaultUnlockCommand.self, VaultPassphraseCommand.self,
      VaultCheckProviderCommand.self, VaultMeasureCommand.self,
    ])
}
