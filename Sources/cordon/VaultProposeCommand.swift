import ArgumentParser
import Ciphers
import Gateway
import Vault

/// `cordon vault propose`: the first of two signatures.
struct VaultProposeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "propose", abstract: "Propose something that takes two people.",
    discussion: """
      Operations and their objects: rotate_root root · rotate_tenant tenant · retire_tenant tenant/N · disable, enable, \
      destroy (days=7), cancel_destruction tenant/N or root · unlock vault · add_custodian NAME (key=, roles=) · \
      remove_custodian NAME · set_roles NAME (roles=) · place_hold TAG · release_hold HOLD · shred TAG · \
      purge retention (until=MILLISECONDS) · give_up_root root-log, log or shards/REPLICA (reason=) · \
      adopt_policy HASH · export escrow (--recipient, or recipients=passphrase) · reveal_many OBJECT
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions

  @Argument(help: "What is to be done.")
  var operation: Proposal.Operation

  @Argument(help: "What it is done to.")
  var object: String

  @Option(name: .long, help: ArgumentHelp("How; may be given several times.", valueName: "name=value"))
  var set: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp("Who can open an escrow that is proposed; give it once for each.", valueName: "age1…"))
  var recipient: [AgeRecipient] = []

  @Option(name: .long, help: ArgumentHelp("For how many hours the second person may approve.", valueName: "hours"))
  var hours: Int64 = 24

  func run() async throws {
    var parameters: [String: String] = [:]
    for text in set {
      guard let equals = text.firstIndex(of: "=") else { throw ValidationError("`\(text)` is not NAME=VALUE.") }
      parameters[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    if let readers = EscrowReaders(recipient.map(\.description)) {
      guard operation == .export else { throw ValidationError("Only an escrow has recipients.") }
      parameters[EscrowReaders.parameter] = readers.text
    }
    try await VaultProposing.propose(operation, object, parameters, hours: hours, options, person)
  }
}

extension Proposal.Operation: ExpressibleByArgument {}

/// Signing, submitting and recording a proposal.
enum VaultProposing {
  static func propose(
    _ operation: Proposal.Operation, _ object: String, _ parameters: [String: String], hours: Int64,
    _ options: VaultOptions, _ person: PersonOptions
  ) async throws {
    guard (1...168).contains(hours) else { throw ValidationError("A proposal is open for 1 to 168 hours.") }
    let key = try person.key()
    try await options.withVault { vault, place in
      var parameters = parameters
      if operation == .giveUpRoot {
        parameters = try await RootGivingUp.parameters(object, parameters, vault, place)
      }
      if operation == .adoptPolicy {
        guard parameters.isEmpty else {
          throw ValidationError("What a set of policies changes is worked out from the sets: leave out `--set`.")
        }
        parameters = try await PolicyAdopting.succession(to: object, vault, place).parameters
      }
      let proposal = vault.draft(operation, object: object, parameters: parameters, validFor: hours * 3_600_000)
      let signature = try VaultOptions.saying("proposal") { () throws(VaultError) in
        try key.sign(proposal, as: .proposer)
      }
      let name = key.name
      _ = try await VaultOptions.saying("proposal") { () async throws(VaultError) in
        try await vault.submit(proposal, by: name, signature: signature)
      }
      try await VaultRecorder.record(vault, place, about: proposal)
      StandardOutput.line("proposal \(proposal.id), open until \(proposal.expires)")
      StandardOutput.line("another person approves it: cordon vault approve \(proposal.id) --as KEYFILE")
    }
  }
}
