import ArgumentParser
import Bytes
import Ciphers
import Gateway
import Ledger
import Vault

/// `cordon evidence verify`: whether evidence is what the vault signed, and what log and configuration say.
struct EvidenceVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check evidence against the log and the configuration.",
    discussion: """
      It needs no key and no passphrase. It checks the signature, every byte of the log, that the log extends the \
      checkpoint in the evidence and has the entry that says it was made, that what it says of the log is what the log \
      says, and that the configuration is the one it names. Exits 0 when all of that holds, 1 when something does not.
      """)

  @Argument(help: "The evidence.")
  var file: String

  @Option(name: .long, help: ArgumentHelp("The configuration that was in force.", valueName: "file"))
  var config: String?

  @Option(
    name: .long, help: ArgumentHelp("The log's verifier key, kept elsewhere (`cordon log key`).", valueName: "vkey"))
  var key: VerifierKey?

  @OptionGroup var directory: DataDirectory

  func run() throws {
    guard let bytes = TextFile.contents(of: file) else { throw CommandFailure(.noInput, "cannot read `\(file)`") }
    guard let evidence = SignedEvidence(bytes), evidence.statement["evidence"]?.string == EncryptionEvidence.kind else {
      throw CommandFailure(.unreadableInput, "`\(file)` is no evidence of encryption")
    }
    var checks = [("signature", evidence.verifies, "by the key in the file")]
    checks += try logChecks(evidence, Digest(hashing: bytes.span))
    checks.append(try configurationCheck(evidence))
    for (name, holds, what) in checks {
      StandardOutput.line("\(holds ? "ok  " : "FAIL")  \(name): \(what)")
    }
    for finding in evidence.statement["findings"]?.array ?? [] {
      StandardOutput.line("FINDING  \(finding.string ?? "")")
    }
    if key == nil {
      StandardError.line(LogVerifyCommand.ownKey + "\nhelp: give the key that was kept elsewhere with --key")
    }
    guard checks.allSatisfy(\.1) else { throw ExitCode(1) }
  }

  private func logChecks(_ evidence: SignedEvidence, _ digest: Digest) throws -> [(String, Bool, String)] {
    let key = try key ?? directory.reading { data throws(LedgerError) in try Custody.verifier(data: data) }
    guard let note = evidence.statement["checkpoint"]?.string,
      let checkpoint = Checkpoint(note: Array(note.utf8), signedBy: key)
    else { return [("checkpoint", false, "is not one that this log signed")] }
    return try directory.reading { data throws(LedgerError) in
      let verification = try AuditLog.verify(data: data, key: key, against: [checkpoint])
      // A log that is not whole says nothing.
      let isWhole = verification.isWhole
      let facts = isWhole ? try LogFacts(data: data, size: checkpoint.size, signedBy: key) : nil
      let made =
        isWhole
        ? try EvidenceVerifyCommand.entry(of: digest, data: data, from: checkpoint.size, signedBy: key) : nil
      return [
        (
          "log", verification.isWhole,
          verification.fault.map { "\($0)" } ?? "\(verification.entries) entries, which extend the checkpoint"
        ),
        ("facts", facts?.json == evidence.statement["log"], "what the log says up to entry \(checkpoint.size)"),
        ("made", made != nil, made.map { "entry \($0) names this file" } ?? "no entry names this file"),
      ]
    }
  }

  private func configurationCheck(_ evidence: SignedEvidence) throws -> (String, Bool, String) {
    let stated = evidence.statement["configuration"]?.string
    guard let config else {
      return ("configuration", stated == nil, stated == nil ? "none was named" : "give it with --config")
    }
    let digest = try Assembly.configuration(at: config).digest?.description
    let started = evidence.statement["log"]?["configuration"]?.string
    if stated == digest, started != nil, started != digest {
      return ("configuration", false, "another one was put in force since")
    }
    return ("configuration", stated == digest, stated == digest ? "is the one in the evidence" : "is another one")
  }

  private static func entry(
    of digest: Digest, data: String, from start: UInt64, signedBy key: VerifierKey
  ) throws(LedgerError) -> UInt64? {
    var reader = try EntryReader(data: data, signedBy: key, from: start)
    while let entry = try reader.next() {
      guard entry.outline.event == .evidenceMade, let json = try? JSONValue(parsing: entry.json) else { continue }
      if json["object"]?.string == digest.description { return entry.index }
    }
    return nil
  }
}
