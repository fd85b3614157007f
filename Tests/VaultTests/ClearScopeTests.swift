import Bytes
import Ciphers
import Synchronization
import TestKit
import Testing
import Vault

struct ClearScopeTests {
  private let bench: TestVault
  private let context = Array("entry 1".utf8)

  init() throws { bench = try TestVault() }

  private func sealed(_ texts: [String], _ vault: Vault) async throws -> [(part: SealedPart, context: [UInt8])] {
    let context = context
    return try await vault.withSubject(.ada, create: true) { key in
      var random = SystemRandomNumberGenerator()
      var parts: [(part: SealedPart, context: [UInt8])] = []
      for text in texts {
        parts.append((try key.seal(Array(text.utf8).span, context: context, using: &random), context))
      }
      return parts
    }
  }

  @Test func `each part has its event in the log before it is opened, and the time in the clear follows`() async throws
  {
    let vault = try await bench.create().use
    let parts = try await sealed(["a note", "another", "a third"], vault)
    let tag = try await vault.tag(of: .ada)
    try await bench.record(vault)
    let log = Mutex<[VaultEvent]>([])
    let bench = bench
    let shared = Shared(log)
    let (texts, time) = try await vault.withClear(.ada, for: "p_reader") {
      let events = try await bench.record(vault)
      shared.value.withLock { $0 += events }
    } _: { scope in
      let texts = try await scope.open(parts)
      #expect(shared.value.withLock { $0.map(\.name) } == [.dataDecrypted, .dataDecrypted, .dataDecrypted])
      return texts
    }
    #expect(texts.map { $0.map { String(decoding: $0, as: UTF8.self) } } == ["a note", "another", "a third"])
    let events = shared.value.withLock { $0 }
    #expect(events.map(\.name) == [.dataDecrypted, .dataDecrypted, .dataDecrypted, .dataWiped])
    #expect(events.dropLast().allSatisfy { $0.object == tag.description })
    #expect(events.allSatisfy { $0.people == ["p_reader"] })
    #expect(events.last?.object == "\(tag):\(Int(time / .microseconds(1)))" && time > .zero)
  }

  @Test func `opens as many parts as a report may have, each after its event`() async throws {
    let vault = try await bench.create().use
    let one = try await sealed(["a note"], vault)
    let parts = [[(part: SealedPart, context: [UInt8])]](repeating: one, count: 4_500).flatMap { $0 }
    try await bench.record(vault)
    let log = Shared(Mutex<[VaultEvent]>([]))
    let bench = bench
    let (texts, _) = try await vault.withClear(.ada, for: "p_reader") {
      let events = try await bench.record(vault)
      log.value.withLock { $0 += events }
    } _: {
      try await $0.open(parts)
    }
    #expect(texts.count == 4_500 && texts.allSatisfy { $0 == Array("a note".utf8) })
    #expect(log.value.withLock { $0.count { $0.name == .dataDecrypted } } == 4_500)
  }

  @Test func `opens the name of a member of the workforce with that person's key, and nobody else's`() async throws {
    let vault = try await bench.create().use
    let lee = SubjectReference(.workforce, "lee")
    let context = context
    func part(_ reference: SubjectReference) async throws -> (subject: Digest, part: SealedPart, context: [UInt8]) {
      try await vault.withSubject(reference, create: true) { key in
        var random = SystemRandomNumberGenerator()
        let part = try key.seal(Array("a name".utf8).span, context: context, using: &random)
        return (Vault.subjectTag(key), part, context)
      }
    }
    _ = try await sealed(["a note"], vault)
    let parts: [(subject: Digest, part: SealedPart, context: [UInt8])] = [
      try await part(lee), try await part(.bob), (Digest(hashing: [1].span), try await part(lee).part, context),
    ]
    try await bench.record(vault)
    let log = Shared(Mutex<[VaultEvent]>([]))
    let bench = bench
    let (texts, _) = try await vault.withClear(.ada, for: "p_reader") {
      let events = try await bench.record(vault)
      log.value.withLock { $0 += events }
    } _: {
      try await $0.open(ofWorkforce: parts)
    }
    #expect(texts == [Array("a name".utf8), nil, nil])
    let opened = log.value.withLock { $0.filter { $0.name == .dataDecrypted }.map(\.object) }
    #expect(opened == [parts[0].subject.description])
  }

  @Test func `opens nothing when the request is over`() async throws {
    let vault = try await bench.create().use
    let parts = try await sealed(["a note"], vault)
    let scope = try await vault.withClear(.ada, for: "p_reader", recording: {}) { $0 }.value
    #expect(await failure { _ = try await scope.open(parts) } == VaultError(.forbidden))
    #expect(await failure { _ = try await scope.open(parts[0].part, context: context) } == VaultError(.forbidden))
    #expect(try await bench.record(vault).allSatisfy { $0.name != .dataDecrypted && $0.name != .dataWiped })
  }

  @Test func `opens nothing that the log does not take`() async throws {
    let vault = try await bench.create().use
    let parts = try await sealed(["a note"], vault)
    let error = await failure {
      _ = try await vault.withClear(.ada, for: "p_reader", recording: { throw VaultError(.unrecorded) }) { scope in
        try await scope.open(parts)
      }
    }
    #expect(error == VaultError(.unrecorded))
  }

  @Test func `opens nothing while the kill switch is on`() async throws {
    let vault = try await bench.create().use
    let parts = try await sealed(["a note"], vault)
    let error = await failure {
      _ = try await vault.withClear(.ada, for: "p_reader", recording: {}) { scope in
        _ = await vault.lock(by: "oncall")
        return try await scope.open(parts)
      }
    }
    #expect(error == VaultError(.locked))
  }
}

/// Something that a closure shares with its test.
private final class Shared<Value: ~Copyable & Sendable>: Sendable {
  let value: Value

  init(_ value: consuming Value) { self.value = value }
}
