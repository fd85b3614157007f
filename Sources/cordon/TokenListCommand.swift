import ArgumentParser
import Vault

/// `cordon token list`: the tokens of a scope, never their values.
struct TokenListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print the tokens of a scope, a line each; never their values.")

  @OptionGroup var options: VaultOptions

  @Option(help: "The scope.")
  var scope: ScopeName

  func run() async throws {
    try await options.withTokens { tokens, place in
      let list = try VaultOptions.saying("scope `\(scope)`") { () throws(VaultError) in try tokens.tokens(in: scope) }
      for token in list { StandardOutput.line(token.description) }
    }
  }
}
