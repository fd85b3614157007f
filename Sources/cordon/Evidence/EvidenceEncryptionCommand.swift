import ArgumentParser
import Ciphers
import Gateway
import Ledger
import Vault

/// `cordon evidence encryption`: stores, algorithms, keys with their ages, sessions, signed by the vault.
struct EvidenceEncryptionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encryption", abstract: "Write signed evidence of what is encrypted, how, and under which keys.",
    discussion: """
      It says what the log has up to its published checkpoint, which it contains. That it was made is an entry of the log, \
      with the digest of the file: `cordon evidence verify` finds it there. It names nobody.
      """)

  @OptionGroup var options: VaultOptions

  @Option(name: .long, help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  func run() async throws {
    try await options.withVault { vault, place in
      try await VaultRecorder.record(vault, place)
      let published = try PublishedCheckpoint(data: place.data)
      let facts = try published.facts(data: place.data)
      let evidence = try await VaultOptions.saying("evidence") { () async throws(VaultError) in
        let statement = try await EncryptionEvidence.statement(
          vault, place, checkpoint: published.note, facts, at: .now())
        return try await vault.signed(statement)
      }
      let bytes = evidence.bytes
      let digest = Digest(hashing: bytes.span)
      _ = try await VaultOptions.saying("evidence") { () async throws(VaultError) in
        try await vault.note(.evidenceMade, of: digest)
      }
      try await VaultRecorder.record(vault, place)
      // Not before the log says that it was made: a file that somebody has is one that can be verified.
      try TextFile.write(bytes, to: output)
      StandardOutput.line("written    \(output), sha256 \(digest)")
      StandardOutput.line("log        \(published.checkpoint.size) entries, as the published checkpoint has them")
    }
  }
}

/// The checkpoint of a log as it is published, checked with the log's key.
struct PublishedCheckpoint {
  let note: String
  let checkpoint: Checkpoint
  let key: VerifierKey

  init(data: String) throws {
    do throws(LedgerError) {
      key = try Custody.verifier(data: data)
    } catch {
      throw CommandFailure(error.code == .missing ? .noInput : .unreadableInput, "\(data): \(error)")
    }
    guard let bytes = TextFile.contents(of: "\(data)/log/checkpoint"),
      let checkpoint = Checkpoint(note: bytes, signedBy: key)
    else { throw CommandFailure(.unreadableInput, "\(data): the log has no checkpoint that it signed") }
    note = String(decoding: bytes, as: UTF8.self)
    self.checkpoint = checkpoint
  }

  /// What the log says up to there.
  func facts(data: String) throws -> LogFacts {
    do throws(LedgerError) {
      return try LogFacts(data: data, size: checkpoint.size, signedBy: key)
    } catch {
      throw CommandFailure(.unreadableInput, "\(data): \(error)")
    }
  }
}
