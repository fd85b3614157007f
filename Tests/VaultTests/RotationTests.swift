import Bytes
import Ciphers
import TestKit
import Testing
import Vault

struct RotationTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  @Test func `data is readable before, during and after a rotation, and the old key can go`() async throws {
    let (use, administration) = try await bench.create()
    let subjects = (0..<300).map { SubjectReference(.patient, "mrn|\($0)") }
    var tags: [Digest] = []
    for subject in subjects {
      tags.append(try await use.withSubject(subject, create: true) { key in Vault.subjectTag(key) })
    }
    _ = try await administration.rotateTenantKey(bench.agreed(administration, .rotateTenant, "tenant"))
    let early = await failure {
      _ = try await administration.retireTenantKey(bench.agreed(administration, .retireTenant, "tenant/1"))
    }
    #expect(early == VaultError(.exists, key: Vault.tenantKeyID(1)))
    use.forget()
    #expect(try await use.tag(of: subjects[3]) == tags[3])
    let fresh = SubjectReference(.patient, "mrn|new")
    _ = try await use.withSubject(fresh, create: true) { key in Vault.subjectTag(key) }
    #expect(try administration.tenantKeys().map(\.subjects) == [300, 1])
    #expect(try await administration.rewrapSubjects().keys == 300)
    #expect(try await administration.rewrapSubjects().keys == 0)
    #expect(try administration.tenantKeys().map(\.subjects) == [0, 301])
    _ = try await administration.retireTenantKey(bench.agreed(administration, .retireTenant, "tenant/1"))
    let again = try Vault.open(data: bench.folder.path, provider: bench.provider(), for: .use, clock: bench.clock)
    for (subject, tag) in zip(subjects, tags) { #expect(try await again.tag(of: subject) == tag) }
    #expect(try administration.tenantKeys().map(\.state) == [.destroyed, .enabled])
  }

  @Test func `reads and new keys go on while keys are wrapped anew`() async throws {
    let (use, administration) = try await bench.create()
    for number in 0..<500 {
      _ = try await use.withSubject(SubjectReference(.patient, "\(number)"), create: true) { _ in }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for round in 0..<400 {
          use.forget()
          _ = try await use.withSubject(SubjectReference(.patient, "\(round)"), create: false, seals: 0) { _ in }
          if round % 10 == 0 {
            _ = try await use.withSubject(SubjectReference(.patient, "new \(round)"), create: true) { _ in }
          }
        }
      }
      for _ in 0..<3 {
        let approval = try await bench.agreed(administration, .rotateTenant, "tenant")
        _ = try await administration.rotateTenantKey(approval)
        _ = try await administration.rewrapSubjects()
      }
      try await group.waitForAll()
    }
    _ = try await administration.rewrapSubjects()
    #expect(try administration.tenantKeys().map(\.subjects) == [0, 0, 0, 540])
  }

  @Test func `a rotated root key wraps the tenant key anew`() async throws {
    let (use, administration) = try await bench.create()
    let tag = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    let event = try await administration.rotateRoot(bench.agreed(administration, .rotateRoot, "root"))
    #expect(event.name == .keyRotated && event.object == "root/2")
    let provider = try bench.provider()
    _ = try provider.retireVersions(of: .root, before: 2)
    let again = try Vault.open(data: bench.folder.path, provider: provider, for: .use, clock: bench.clock)
    #expect(try await again.tag(of: .ada) == tag)
  }
}
