import ArgumentParser
import Gateway
import Vault

/// `cordon vault approve`: the second of two signatures.
struct VaultApproveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Approve what another person proposed.",
    discussion: """
      Without --yes it shows the proposal and signs nothing. Of a set of policies it shows what changes, worked out from \
      the set in force and the proposed one.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions

  @Argument(help: "The proposal.")
  var proposal: String

  @Flag(name: .long, help: "Sign.")
  var yes = false

  func run() async throws {
    try await options.withVault { vault, place in
      let what = "proposal `\(proposal)`"
      let state = try VaultOptions.saying(what) { () throws(VaultError) in try vault.state(of: proposal) }
      for line in state.lines { StandardOutput.line(line) }
      if state.proposal.operation == .adoptPolicy, state.done == nil {
        let succession = try await PolicyAdopting.succession(of: state.proposal, vault, place)
        for line in succession.lines { StandardOutput.line(line) }
      }
      guard yes else { return StandardOutput.line("nothing is signed: add --yes") }
      let key = try person.key()
      let name = key.name
      let signature = try VaultOptions.saying(what) { () throws(VaultError) in
        try key.sign(state.proposal, as: .approver)
      }
      _ = try await VaultOptions.saying(what) { () async throws(VaultError) in
        try await vault.approve(proposal, by: name, signature: signature)
      }
      try await VaultRecorder.record(vault, place, about: state.proposal)
      StandardOutput.line("approved; to carry it out: cordon vault carry-out \(proposal)")
    }
  }
}

/// `cordon vault proposals`: what is open and what was done.
struct VaultProposalsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "proposals", abstract: "Show every proposal.")

  @OptionGroup var options: VaultOptions

  func run() async throws {
    try await options.withVault { vault, place in
      for state in try VaultOptions.saying("proposals", { () throws(VaultError) in try vault.proposals() }) {
        for line in state.lines { StandardOutput.line(line) }
      }
    }
  }
}

extension ProposalState {
  /// What a person has to see before signing.
  var lines: [String] {
    var lines = ["proposal   \(id)", "what       \(proposal.operation.rawValue) \(proposal.object)"]
    lines += proposal.parameters.map { "how        \($0.name)=\($0.value)" }
    lines.append("proposed   by \(proposer) at \(proposal.made), open until \(proposal.expires)")
    if let approver { lines.append("approved   by \(approver)") }
    if let done { lines.append("done       at \(done)") }
    return lines
  }
}
