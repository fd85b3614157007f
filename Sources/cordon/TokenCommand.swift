import ArgumentParser
import Vault

/// `cordon token`: the random tokens of the vault, and the way back from them.
struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "List the tokens of the vault, and turn them back with a reason.",
    discussion: """
      Tokens are made by `cordon deid text --tokens vault --scope NAME`. One token of a scope with the policy `single` \
      takes one revealer and a reason (`reveal`); a token of any other scope, and many tokens at once, take two people: \
      one proposes (`propose-reveal`), another approves (`cordon vault approve`), the first gets the values (`reveal \
      --proposal`). Each step and each refusal is an entry of the log, before a value is shown.
      """,
    subcommands: [
      TokenCreateCommand.self, TokenScopesCommand.self, TokenListCommand.self, TokenRevealCommand.self,
      TokenProposeRevealCommand.self, TokenNoteCommand.self, TokenDisposeCommand.self,
    ])
}

extension VaultOptions {
  /// What `body` does with the token table, for using the keys of its scopes.
  func withTokens<Value>(_ body: (TokenVault, VaultPlace) async throws -> Value) async throws -> Value {
    let place = try place()
    return try await place.withVault(for: .use) { vault in
      let tokens = try VaultOptions.saying("tokens in `\(place.data)`") { () throws(VaultError) in
        try TokenVault(vault)
      }
      return try await body(tokens, place)
    }
  }
}

extension ScopeName: ExpressibleByArgument {}
extension RevealPolicy: ExpressibleByArgument {}
extension RevealReason: ExpressibleByArgument {}
extension Token: ExpressibleByArgument {}
