import ArgumentParser
import Ciphers
import Deidentification
import PHI
import Vault

/// Where random tokens come from.
struct DeidTokenOptions: ParsableArguments {
  /// Who remembers what a token stands for.
  enum Source: String, ExpressibleByArgument, CaseIterable {
    /// Nobody: the codes are forgotten at the end of the run.
    case run
    /// The vault, where they can be turned back.
    case vault
  }

  @Option(
    help: """
      run, or vault: random tokens that the vault remembers stand in the place of all that the profile would cover with \
      its kind.
      """)
  var tokens = Source.run

  @Option(help: "The scope of the vault's tokens: the same value has one token in it.")
  var scope: ScopeName?

  @OptionGroup var vault: VaultOptions

  func validate() throws {
    if tokens == .vault, scope == nil { throw ValidationError("`--tokens vault` needs the `--scope` of the tokens") }
    if tokens == .run, scope != nil { throw ValidationError("`--scope` is for `--tokens vault`") }
  }

  /// Has the log say that tokens will be issued: the code of what their scope has before.
  func announce() async throws -> Digest? {
    guard tokens == .vault, let scope else { return nil }
    return try await vault.withTokens { table, place in
      let before = try await VaultOptions.saying("scope `\(scope)`") { () async throws(VaultError) in
        try await table.announceIssue(in: scope)
      }
      try await VaultRecorder.record(table.vault, place)
      return before
    }
  }

  /// Has the log say that they were.
  func tell(after before: Digest?) async throws {
    guard tokens == .vault, let scope else { return }
    try await vault.withTokens { table, place in
      try await VaultOptions.saying("scope `\(scope)`") { () async throws(VaultError) in
        try await table.tellIssue(in: scope, after: before)
      }
      try await VaultRecorder.record(table.vault, place)
    }
  }

  /// The book of the random codes.
  func codebook() async throws -> Codebook {
    guard tokens == .vault, let scope else { return Codebook(using: SystemRandomNumberGenerator()) }
    // The issuer has the key of the scope: the keeper of the root key is not needed any more.
    let issuer = try await vault.withTokens { table, _ in
      try await VaultOptions.saying("scope `\(scope)`") { () async throws(VaultError) in
        try await table.issuer(for: scope)
      }
    }
    return Codebook { values in
      var asked: [TokenValue] = []
      for value in values {
        guard let kind = TokenKind(value.identifier.label) else { throw VaultError(.malformed) }
        asked.append(TokenValue(kind, identity: value.identity, spelling: value.spelling))
      }
      return try issuer.issue(asked).map { Array($0.code.utf8) }
    }
  }

  /// `profile` with tokens of the vault for what it would cover with its kind; a determination keeps its own methods.
  func apply(to profile: Profile, keys: ProfileKeys) throws -> Profile {
    guard tokens == .vault, profile.name != .expert else { return profile }
    let covered = IdentifierSet(Identifier.allCases.filter { profile.method(for: $0) == .placeholder })
    return try profile.applying(.randomToken, to: covered, keys: keys).accepted()
  }
}
