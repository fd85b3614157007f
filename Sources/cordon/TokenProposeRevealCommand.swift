import ArgumentParser
import Vault

/// `cordon token propose-reveal`: the first of two people.
struct TokenProposeRevealCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "propose-reveal", abstract: "Propose that tokens be turned back; a second person approves it.")

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions
  @OptionGroup var reason: TokenReasonOptions

  @Argument(help: "The tokens.")
  var tokens: [Token] = []

  @Option(help: ArgumentHelp("A file with the tokens, a line each.", valueName: "file"))
  var from: String?

  @Option(name: .long, help: ArgumentHelp("For how many hours the second person may approve.", valueName: "hours"))
  var hours: Int64 = 24

  func validate() throws {
    guard reason.scope != nil, reason.reason != nil else {
      throw ValidationError("A proposal has a `--scope` and a `--reason`.")
    }
    guard !tokens.isEmpty || from != nil else { throw ValidationError("Which tokens?") }
    guard (1...168).contains(hours) else { throw ValidationError("A proposal is open for 1 to 168 hours.") }
  }

  func run() async throws {
    guard let scope = reason.scope, let why = reason.reason else { return }
    let key = try person.key()
    try await options.withTokens { vault, place in
      let all = try VaultOptions.saying("tokens") { () throws(VaultError) in
        tokens + (try TokenReasonOptions.tokens(in: from))
      }
      let proposal: String
      do throws(VaultError) {
        proposal = try await vault.proposeReveal(
          of: all, in: scope, for: why, note: reason.note, validFor: hours * 3_600_000, by: key)
      } catch {
        throw VaultOptions.failure("proposal", error)
      }
      try await VaultRecorder.record(vault.vault, place)
      StandardOutput.line("proposal \(proposal): \(Set(all).count) of `\(scope)`")
      StandardOutput.line("another person approves it: cordon vault approve \(proposal) --as KEYFILE --yes")
      StandardOutput.line("then: cordon token reveal --proposal \(proposal) --as KEYFILE")
    }
  }
}
