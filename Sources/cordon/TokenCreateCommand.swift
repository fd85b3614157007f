import ArgumentParser
import Vault

/// `cordon token create`: a scope with a key of its own.
struct TokenCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a scope: the tokens of a project or of a released data set.",
    discussion: "The policy is sealed with the key of the scope and cannot be changed later.")

  @OptionGroup var options: VaultOptions

  @Argument(help: "The name of the scope; it stands in the log, so never a person's.")
  var scope: ScopeName

  @Option(help: "How many people one token takes: single, for daily use in the house, or dual.")
  var policy = RevealPolicy.dual

  func run() async throws {
    try await options.withTokens { tokens, place in
      let made = try await VaultOptions.saying("scope `\(scope)`") { () async throws(VaultError) in
        try await tokens.create(scope, policy: policy)
      }
      try await VaultRecorder.record(tokens.vault, place)
      StandardOutput.line(made.line)
    }
  }
}

extension TokenScope {
  /// The scope as a line of a list: name, policy, tokens by kind, and the tag by which its key is held or destroyed.
  var line: String {
    let kinds = tokens.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let state = disposed.map { "destroyed \($0)" } ?? (kinds.isEmpty ? "no tokens" : kinds)
    return "\(name)  \(policy.rawValue)  \(state)  subject \(subject)"
  }
}
