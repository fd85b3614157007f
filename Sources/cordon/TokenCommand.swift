import ArgumentParser
import Deidentification
import PHI
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
        try TokenVault(vault, identities: Self.identities)
      }
      return try await body(tokens, place)
    }
  }

  /// By what the values of a table from before are compared with their look-ups.
  private static let identities: TokenVault.Identities = { kind, spelling in
    SpelledIdentity.bytes(
      ofKind: kind.description, spelled: spelling, asOf: CalendarDate(secondsSinceEpoch: Assembly.now() / 1_000))
  }
}

extension ScopeName: ExpressibleByArgument {}
extension RevealPolicy: ExpressibleByArgument {}
extension RevealReason: ExpressibleByArgument {}
extension Token: ExpressibleByArgument {}

extension TokenVault {
  /// Says which scopes from before could not be proved yet.
  func warnOfUnproved() async throws {
    guard !vault.isLocked else { return }
    for name in try await VaultOptions.saying("scopes", { () async throws(VaultError) in try await unprovedScopes() }) {
      StandardError.line("warning: the scope `\(name)` is from before and not proved yet: its key does not open now")
    }
  }
}
