import Bytes
import Ciphers
import Foundation
import TestKit
import Testing
import Vault

struct SubjectTests {
  private let bench: TestVault
  private let context = Array("entry 1".utf8)

  init() throws { bench = try TestVault() }

  private func seal(_ text: String, _ subject: SubjectReference, _ vault: Vault) async throws -> SealedPart {
    try await vault.withSubject(subject, create: true) { key in
      var random = SystemRandomNumberGenerator()
      return try key.seal(Array(text.utf8).span, context: context, using: &random)
    }
  }

  private func open(_ part: SealedPart, _ subject: SubjectReference, _ vault: Vault) async throws -> String {
    let context = context
    return try await vault.withClear(subject, for: "p_reader", recording: { [bench] in try await bench.record(vault) })
    { scope in
      String(decoding: try await scope.open(part, context: context), as: UTF8.self)
    }.value
  }

  @Test func `what is sealed for a subject opens after a restart, under that subject's key only`() async throws {
    let vault = try await bench.create().use
    let part = try await seal("a note", .ada, vault)
    _ = try await seal("another", .bob, vault)
    let again = try Vault.open(data: bench.folder.path, provider: bench.provider(), for: .use, clock: bench.clock)
    #expect(try await open(part, .ada, again) == "a note")
    await #expect(throws: CipherError(code: .notAuthentic)) { _ = try await open(part, .bob, again) }
  }

  @Test func `a subject that is not known is made only when asked`() async throws {
    let vault = try await bench.create().use
    await #expect(throws: VaultError(.unknownSubject)) { _ = try await vault.tag(of: .ada) }
    #expect(try await vault.knows(.ada) == false)
    _ = try await seal("x", .ada, vault)
    #expect(try await vault.knows(.ada))
  }

  @Test func `no file holds a reference, a pseudonym is stable and says nothing`() async throws {
    let vault = try await bench.create().use
    _ = try await seal("a note", .ada, vault)
    let first = try await vault.pseudonym(of: "nurse.jones")
    #expect(first.count == 34)
    let pseudonyms = [try await vault.pseudonym(of: "nurse.jones"), try await vault.pseudonym(of: "nurse.smith")]
    #expect(pseudonyms[0] == first)
    #expect(pseudonyms[1] != first)
    let files = try #require(FileManager.default.enumerator(atPath: bench.folder.path))
    for case let name as String in files {
      guard let content = FileManager.default.contents(atPath: bench.folder.path + "/" + name) else { continue }
      for canary in ["48151623", "hospital.example", "nurse.jones", "a note"] {
        #expect(content.range(of: Data(canary.utf8)) == nil, "\(name)")
      }
    }
  }

  @Test func `keys that are made at once for one subject are one key`() async throws {
    let vault = try await bench.create().use
    let tags = try await withThrowingTaskGroup(of: Digest.self) { group in
      for _ in 0..<16 {
        group.addTask { try await vault.withSubject(.ada, create: true) { key in Vault.subjectTag(key) } }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(tags.count == 1)
  }

  @Test func `the kill switch stops every process at once, and two custodians turn it off`() async throws {
    let (use, administration) = try await bench.create()
    let part = try await seal("a note", .ada, use)
    _ = await administration.lock(by: "alice")
    #expect(use.isLocked)
    #expect(await failure { _ = try await open(part, .ada, use) } == VaultError(.locked))
    #expect(await failure { _ = try await seal("x", .bob, use) } == VaultError(.locked))
    #expect(await failure { _ = try await use.sealingKey() } == VaultError(.locked))
    #expect(
      await failure { _ = try await bench.agreed(administration, .rotateTenant, "tenant") } == VaultError(.locked))
    let proposal = administration.draft(.unlock, object: "vault")
    try await administration.submit(proposal, by: "alice", signature: bench.alice.sign(proposal, as: .proposer))
    let alone = await failure { _ = try await administration.approval(of: proposal.id) }
    #expect(alone == VaultError(.proposal(.notYetApproved)))
    #expect(use.isLocked)
    try await administration.approve(proposal.id, by: "bruno", signature: bench.bruno.sign(proposal, as: .approver))
    _ = try await administration.unlock(administration.approval(of: proposal.id))
    #expect(
      try await bench.record(use).map(\.name).suffix(4) == [
        .vaultLocked, .proposalMade, .proposalApproved, .vaultUnlocked,
      ])
    #expect(try await open(part, .ada, use) == "a note")
  }

  @Test func `keys leave the memory after their time`() async throws {
    let (use, _) = try await bench.create()
    _ = try await seal("a note", .ada, use)
    try FileManager.default.removeItem(atPath: bench.folder.path + "/keys/vault.key")
    bench.pass(milliseconds: 59_000)
    _ = try await use.tag(of: .ada)
    bench.pass(milliseconds: 1_000)
    #expect(await failure { _ = try await use.tag(of: .ada) }?.code == .missing)
  }

  @Test func `secrets and references have no description`() {
    #expect("\(SubjectReference.ada)" == "patient")
    var dumped = ""
    dump(SubjectReference.ada, to: &dumped)
    #expect(!dumped.contains("48151623"))
    let request = KeyServiceRequest(.post, "https://kms.example/", headers: [.init("X-Token", "t0p")], body: [0x41])
    dump(request, to: &dumped)
    #expect(!dumped.contains("t0p") && !"\(request)".contains("kms.example"))
  }

  @Test func `secrets that the log had before the vault stay the same, also after rotations`() async throws {
    let provider = try bench.createProvider()
    let seed = [UInt8](repeating: 7, count: 32)
    let administration = try await Vault.create(
      data: bench.folder.path, provider: provider, people: [bench.person(bench.alice), bench.person(bench.bruno)],
      adopting: [.logSigning: seed], clock: bench.clock)
    var copy = seed
    let expected = try SigningKey(seed: SecretBytes(taking: &copy)).verificationKey
    _ = try await administration.rotateTenantKey(bench.agreed(administration, .rotateTenant, "tenant"))
    _ = try await administration.rotateRoot(bench.agreed(administration, .rotateRoot, "root"))
    let use = try Vault.open(data: bench.folder.path, provider: bench.provider(), for: .use, clock: bench.clock)
    #expect(try await use.logSigningKey().verificationKey == expected)
    #expect(
      try await use.tokenSecret(ofCaller: "a").withBytes { Hex.encode($0) }
        == administration.forgetting { try await use.tokenSecret(ofCaller: "a").withBytes { Hex.encode($0) } })
  }
}

extension Vault {
  fileprivate func forgetting<Value>(_ body: () async throws -> Value) async throws -> Value {
    forget()
    return try await body()
  }
}
