import ArgumentParser
import Vault

/// `cordon token scopes`: which scopes there are.
struct TokenScopesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scopes", abstract: "Show every scope: its policy, its tokens by kind, and the tag of its key.")

  @OptionGroup var options: VaultOptions

  func run() async throws {
    try await options.withTokens { tokens, place in
      let scopes = try VaultOptions.saying("scopes") { () throws(VaultError) in try tokens.scopes() }
      for scope in scopes { StandardOutput.line(scope.line) }
      try await tokens.warnOfUnproved()
    }
  }
}
