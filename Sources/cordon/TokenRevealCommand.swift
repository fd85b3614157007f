import ArgumentParser
import Vault

/// `cordon token reveal`: from a token back to its value.
struct TokenRevealCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reveal", abstract: "Turn a token back into its value, with a reason.",
    discussion: """
      The values go to standard output, and the log says so before they do. For one token of a scope with the policy \
      `single` give the scope and a reason; else give the proposal that a second person has approved, and the tokens if \
      it is about more than one.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions
  @OptionGroup var reason: TokenReasonOptions

  @Argument(help: "The token; with --proposal the tokens, if they are more than one.")
  var tokens: [Token] = []

  @Option(help: ArgumentHelp("A file with the tokens, a line each.", valueName: "file"))
  var from: String?

  @Option(help: ArgumentHelp("The proposal that two people agreed to.", valueName: "id"))
  var proposal: String?

  func validate() throws {
    if proposal == nil {
      guard tokens.count == 1, from == nil else {
        throw ValidationError("One token at a time; for more two people agree: `cordon token propose-reveal`.")
      }
      guard reason.scope != nil, reason.reason != nil else {
        throw ValidationError("A token is turned back with `--scope` and `--reason`, or with `--proposal`.")
      }
    } else if reason.reason != nil || reason.scope != nil || !reason.note.isEmpty {
      throw ValidationError("The scope, the reason and the note are in the proposal.")
    }
  }

  func run() async throws {
    let key = try person.key()
    try await options.withTokens { vault, place in
      let values: [RevealedValue]
      do throws(VaultError) {
        values = try await reveal(vault, key, place)
      } catch {
        throw TokenRevealCommand.failure(error)
      }
      for value in values {
        let spelling = String(decoding: value.spelling, as: UTF8.self)
        StandardOutput.line(values.count == 1 ? spelling : "\(value.token)\t\(spelling)")
      }
    }
  }

  private func reveal(
    _ vault: TokenVault, _ key: borrowing CustodianKey, _ place: VaultPlace
  ) async throws(VaultError) -> [RevealedValue] {
    let record: TokenVault.Recording = { try await VaultRecorder.record(vault.vault, place) }
    if let proposal {
      return try await vault.reveal(
        tokens + TokenReasonOptions.tokens(in: from), approvedBy: proposal, by: key, recording: record)
    }
    guard let token = tokens.first, let scope = reason.scope, let why = reason.reason else {
      throw VaultError(.malformed)
    }
    return [
      try await vault.reveal(token, in: scope, for: why, note: reason.note, by: key, recording: record)
    ]
  }

  private static func failure(_ error: VaultError) -> CommandFailure {
    switch error.code {
    case .forbidden:
      CommandFailure(
        .unavailable, "refused: the person's role does not allow it\nhelp: it takes the role `revealer`")
    case .proposal(.notYetApproved):
      CommandFailure(
        .unavailable,
        "refused: it takes two people\nhelp: propose it with `cordon token propose-reveal`; another person approves it with `cordon vault approve`"
      )
    default: VaultOptions.failure("refused", error)
    }
  }
}

/// Of which scope, and why.
struct TokenReasonOptions: ParsableArguments {
  @Option(help: "The scope of the token.")
  var scope: ScopeName?

  @Option(
    help: ArgumentHelp(
      "Why: \(RevealReason.allCases.map(\.rawValue).joined(separator: ", ")). The log keeps it.", valueName: "code"))
  var reason: RevealReason?

  @Option(help: "The words to the reason; the log keeps them sealed. `other` needs them.")
  var note = ""

  /// The tokens in a file; none without one.
  static func tokens(in file: String?) throws(VaultError) -> [Token] {
    guard let file else { return [] }
    guard let contents = TextFile.contents(of: file) else { throw VaultError(.missing) }
    var tokens: [Token] = []
    for line in String(decoding: contents, as: UTF8.self).split(whereSeparator: \.isNewline) {
      guard let token = Token(String(line)) else { throw VaultError(.malformed) }
      tokens.append(token)
    }
    return tokens
  }
}
