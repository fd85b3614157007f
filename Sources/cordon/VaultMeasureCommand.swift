import ArgumentParser
import Bytes
import Ciphers
import Glibc
import Vault

/// `cordon vault measure`: tells how fast keys are wrapped anew, tokens are given and kept answers are written down.
struct VaultMeasureCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Rotate a tenant key over many subjects, give tokens and keep maps of answers, in a new vault.",
    discussion: "The vault is made in a folder that must not exist, with two people who are made for it.",
    shouldDisplay: false)

  @Option(name: .long, help: ArgumentHelp("The folder to make the vault in.", valueName: "directory"))
  var folder: String

  @Option(name: .long, help: ArgumentHelp("How many subjects.", valueName: "count"))
  var keys = 1_000_000

  @Option(name: .long, help: ArgumentHelp("How many tokens.", valueName: "count"))
  var tokens = 200_000

  @Option(name: .long, help: ArgumentHelp("How many tokens in one transaction.", valueName: "count"))
  var batch = 5_000

  @Option(name: .long, help: ArgumentHelp("On how many cores keys are wrapped.", valueName: "count"))
  var workers = 2

  @Option(name: .long, help: ArgumentHelp("Among how many kept answers another is kept.", valueName: "count"))
  var maps = 100_000

  func run() async throws {
    guard keys > 0, tokens >= 0, batch > 0, workers > 0, maps >= 0 else {
      throw CommandFailure(.unreadableInput, "nothing to measure")
    }
    guard unsafe access(folder, F_OK) != 0 else { throw CommandFailure(.unreadableInput, "\(folder) exists") }
    do {
      try await measure()
    } catch let error as VaultError {
      throw VaultOptions.failure("vault in `\(folder)`", error)
    }
  }

  private func measure() async throws {
    var random = SystemRandomNumberGenerator()
    guard let alice = CustodianKey(name: "alice", using: &random),
      let bruno = CustodianKey(name: "bruno", using: &random),
      let first = Custodian(name: "alice", key: alice.verificationKey, roles: [.keyAdministrator]),
      let second = Custodian(name: "bruno", key: bruno.verificationKey, roles: [.keyAdministrator])
    else { throw CommandFailure(.unavailable, "no keys can be made") }
    try Vault.prepare(data: folder)
    let secret = [UInt8](randomCount: 16, using: &random)
    let passphrase = PassphraseSource { () throws(VaultError) in Array(Hex.encode(secret).utf8) }
    let provider = try LocalProvider.create(folder: "\(folder)/keys", passphrase: passphrase)
    let vault = try await Vault.create(data: folder, provider: provider, people: [first, second])

    let began = ContinuousClock.now
    try await vault.makeSubjects(keys)
    StandardOutput.line("made       \(keys) keys in \(tenths(seconds(since: began))) s")

    let proposal = vault.draft(.rotateTenant, object: "tenant")
    try await vault.submit(proposal, by: "alice", signature: alice.sign(proposal, as: .proposer))
    try await vault.approve(proposal.id, by: "bruno", signature: bruno.sign(proposal, as: .approver))
    _ = try await vault.rotateTenantKey(vault.approval(of: proposal.id))
    let rotated = ContinuousClock.now
    let report = try await vault.rewrapSubjects(workers: workers)
    let took = seconds(since: rotated)
    StandardOutput.line(
      "rewrap     \(report.keys) keys in \(tenths(took)) s: \(rate(report.keys, took)) keys/s, durable; "
        + "ciphers alone \(rate(report.keys, report.cipherSeconds)) keys/s on \(workers) cores")
    let proving = ContinuousClock.now
    let proof = try await vault.proveSubjectKeys(workers: workers)
    StandardOutput.line("prove      \(proof.keys) keys: \(rate(proof.keys, seconds(since: proving))) keys/s")
    if tokens > 0 { try await issue(provider) }
    if maps > 0 { try await keep(provider) }
  }

  /// Keeps maps of a hundredth, a tenth and all of the answers, and each time tells what one more takes, by itself.
  private func keep(_ provider: LocalProvider) async throws {
    let vault = try Vault.open(data: folder, provider: provider, for: .use)
    let table = try KeptMaps(vault)
    let bounds = KeptBounds(maps: .max, bytes: .max)
    let map = [UInt8](repeating: 0x20, count: 256)
    func keep(_ names: [String], for caller: String) async throws -> [KeptRecord] {
      try await table.keep(
        names.map { (KeptObject(.response, $0, at: "acme"), map) },
        for: KeptHolder(caller: caller, useCase: "measure"), until: table.now.adding(days: 1), within: bounds)
    }
    let (run, single) = (500, 100)
    var count = 0
    for size in [maps / 100, maps / 10, maps] where size > count {
      while count < size {
        let next = min(size, count + run)
        _ = try await keep((count..<next).map { "resp_\($0)" }, for: "caller-\(count / run)")
        count = next
      }
      var records: [KeptRecord] = []
      let (keeping, usage) = (ContinuousClock.now, ProcessUsage.now())
      for number in 0..<single { records += try await keep(["one_\(number)"], for: "measure") }
      let (kept, spent) = (seconds(since: keeping), (ProcessUsage.now() - usage).seconds)
      let deleting = ContinuousClock.now
      for record in records { try await table.delete(record.code) }
      let deleted = seconds(since: deleting)
      func microseconds(_ value: Double) -> Int { Int(value / Double(single) * 1e6) }
      StandardOutput.line(
        "kept       among \(count): another in \(microseconds(kept)) us (\(microseconds(spent)) of CPU), durable; "
          + "deleted in \(microseconds(deleted)) us")
    }
  }

  private func issue(_ provider: LocalProvider) async throws {
    let table = try TokenVault(Vault.open(data: folder, provider: provider, for: .use))
    guard let scope = ScopeName("measure"), let kind = TokenKind("NAME") else { return }
    try await table.create(scope)
    let issuer = try await table.issuer(for: scope)
    for name in ["fresh", "known"] {
      let start = ContinuousClock.now
      for first in stride(from: 0, to: tokens, by: batch) {
        let values = (first..<min(tokens, first + batch)).map { number in
          let text = Array("Person Number \(number)".utf8)
          return TokenValue(kind, identity: text, spelling: text)
        }
        _ = try issuer.issue(values)
      }
      StandardOutput.line(
        "tokens     \(tokens) \(name) in batches of \(batch): \(rate(tokens, seconds(since: start))) tokens/s")
    }
  }

  private func seconds(since start: ContinuousClock.Instant) -> Double { start.duration(to: .now) / .seconds(1) }

  private func rate(_ count: Int, _ seconds: Double) -> Int { Int(Double(count) / max(seconds, 1e-9)) }

  private func tenths(_ value: Double) -> String {
    let count = Int((value * 10).rounded())
    return "\(count / 10).\(count % 10)"
  }
}
