import ArgumentParser
import Vault

/// `cordon token dispose`: takes the rows of destroyed scopes out of the table.
struct TokenDisposeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dispose", abstract: "Delete the rows of every scope whose key was destroyed.",
    discussion: """
      The key is what counts, and two people destroy it by its tag (`cordon token scopes` shows it): `cordon vault \
      propose shred TAG`, `cordon vault approve`, `cordon subject shred`. Retention and holds are looked at there.
      """)

  @OptionGroup var options: VaultOptions

  func run() async throws {
    try await options.withTokens { vault, place in
      let disposed = try await VaultOptions.saying("scopes") { () async throws(VaultError) in
        try await vault.disposeOfShredded { StandardOutput.line("disposed of \($0)") }
      }
      try await VaultRecorder.record(vault.vault, place)
      if disposed.isEmpty { StandardOutput.line("nothing to dispose of") }
      try await vault.warnOfUnproved()
    }
  }
}
