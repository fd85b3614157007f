import Bytes
import Ciphers
import Crypto
import Synchronization
import Testing
import Vault

struct TransitProviderTests {
  private static let context = ProviderBehaviour.context

  private static func token(_ text: String) -> TransitToken {
    var bytes = Array(text.utf8)
    return TransitToken(SecretBytes(taking: &bytes))
  }

  private func provider(
    _ server: FakeTransit, addresses: [String] = [FakeTransit.active], isOpenBao: Bool = true,
    token: @escaping @Sendable () throws(VaultError) -> TransitToken = { Self.token("s.first") },
    now: @escaping @Sendable () -> Moment = Moment.now
  ) throws -> TransitProvider {
    try TransitProvider(
      .init(addresses: addresses, namespace: "clinic", deletesSoftly: isOpenBao, allowsDestruction: isOpenBao),
      token: token, transport: server.answer, attempts: .hurried, now: now)
  }

  @Test(arguments: [true, false], ProviderBehaviour.allCases)
  func `behaves as every provider does`(_ isDerived: Bool, _ behaviour: ProviderBehaviour) async throws {
    let server = FakeTransit()
    let provider = try provider(server, isOpenBao: isDerived)
    try await behaviour.check(
      ProviderBench(
        provider: provider, freshKey: { try server.addKey(.init(isDerived: isDerived)) },
        signingKey: {
          let key = try server.addKey(.init(signer: Curve25519.Signing.PrivateKey(), isDerived: false))
          let bytes = try await provider.publicKey(of: key)
          let half = try Curve25519.Signing.PublicKey(rawRepresentation: bytes)
          return (
            key,
            { signature, message in
              signature.algorithm == .ed25519 && half.isValidSignature(signature.bytes, for: message)
            }
          )
        }))
  }

  @Test func `leaves data keys and rewrapping to the server for a derived key`() async throws {
    let server = FakeTransit()
    let provider = try provider(server)
    let key = try server.addKey()
    let made = try await provider.generateDataKey(under: key, context: Self.context)
    let wrapped = made.wrapped
    let before = server.state.withLock { $0.requests.count }
    _ = try await provider.rotate(key)
    let newer = try await provider.rewrap(wrapped, context: Self.context)
    #expect(wrapped.version == 1 && newer.version == 2)
    let requests = server.state.withLock { $0.requests.dropFirst(before) }
    #expect(requests.contains { $0.contains("/rewrap/") } && !requests.contains { $0.contains("/decrypt/") })
  }

  @Test func `knows when each version was made`() async throws {
    let server = FakeTransit()
    let provider = try provider(server)
    let key = try server.addKey()
    _ = try await provider.rotate(key)
    #expect(
      try await provider.describe(key)
        == KeyDescription(
          key: key, state: .enabled, version: 2, created: Moment(milliseconds: 1_700_000_000_000),
          rotated: Moment(milliseconds: 1_700_000_001_000)))
  }

  @Test func `refuses what a retired version wrapped`() async throws {
    let server = FakeTransit()
    let provider = try provider(server)
    let key = try server.addKey()
    let wrapped = try await provider.wrap(ProviderBehaviour.secret(32), under: key, context: Self.context)
    _ = try await provider.rotate(key)
    _ = try await provider.retireVersions(of: key, before: 2)
    #expect(await code { _ = try await provider.unwrap(wrapped, context: Self.context) } == .keyDisabled)
  }

  @Test func `refuses a server that does not bind the context of a key that is not derived`() async throws {
    let server = FakeTransit()
    server.state.withLock { $0.ignoresAssociatedData = true }
    let provider = try provider(server)
    let key = try server.addKey(.init(isDerived: false))
    for _ in 0..<2 {
      #expect(
        await code { _ = try await provider.generateDataKey(under: key, context: Self.context) } == .unsupported(.wrap))
    }
  }

  @Test func `asks for the proof that a key binds its context once`() async throws {
    let server = FakeTransit()
    let provider = try provider(server)
    let key = try server.addKey(.init(isDerived: false))
    for _ in 0..<3 { _ = try await provider.generateDataKey(under: key, context: Self.context) }
    #expect(server.state.withLock { $0.requests.count { $0.contains("/decrypt/") } } == 1)
  }

  @Test func `fails closed while the server is sealed, and goes on afterwards`() async throws {
    let server = FakeTransit()
    let provider = try provider(server)
    let key = try server.addKey()
    server.state.withLock { $0.isSealed = true }
    await #expect(throws: VaultError(.providerUnavailable, key: key, number: 503)) {
      _ = try await provider.generateDataKey(under: key, context: Self.context)
    }
    server.state.withLock { $0.isSealed = false }
    #expect(await code { _ = try await provider.generateDataKey(under: key, context: Self.context) } == nil)
  }

  @Test func `follows a standby to a server that it knows, and to no other`() async throws {
    let server = FakeTransit()
    let key = try server.addKey()
    let known = try provider(server, addresses: [FakeTransit.standby, FakeTransit.active])
    #expect(try await known.describe(key).state == .enabled)
    let alone = try provider(server, addresses: [FakeTransit.standby])
    let before = server.state.withLock { $0.requests.count }
    #expect(await code { _ = try await alone.describe(key) } == .providerUnavailable)
    let requests = server.state.withLock { $0.requests.dropFirst(before) }
    #expect(!requests.contains { $0.contains(FakeTransit.active) })
  }

  @Test func `tries the next address when one does not answer`() async throws {
    let server = FakeTransit()
    let key = try server.addKey()
    let provider = try provider(server, addresses: ["https://gone.example:8200", FakeTransit.active])
    #expect(try await provider.describe(key).state == .enabled)
  }

  @Test func `reads its token again when the server refuses it`() async throws {
    let server = FakeTransit()
    let key = try server.addKey()
    let written = Mutex("s.first")
    let provider = try provider(server, token: { Self.token(written.withLock { $0 }) })
    _ = try await provider.describe(key)
    server.state.withLock { $0.token = "s.second" }
    await #expect(throws: VaultError(.providerRefused, key: key, number: 403)) { _ = try await provider.describe(key) }
    written.withLock { $0 = "s.second" }
    #expect(try await provider.describe(key).state == .enabled)
  }

  @Test func `renews its token when half of its time is over`() async throws {
    let server = FakeTransit()
    let key = try server.addKey()
    let clock = Mutex(Int64(1_700_000_000_000))
    let provider = try provider(server, now: { Moment(milliseconds: clock.withLock { $0 }) })
    func renewals() -> Int { server.state.withLock { $0.requests.count { $0.hasSuffix("renew-self") } } }
    for _ in 0..<3 { _ = try await provider.describe(key) }
    #expect(renewals() == 1)
    clock.withLock { $0 += 1_799_000 }
    _ = try await provider.describe(key)
    #expect(renewals() == 1)
    clock.withLock { $0 += 2_000 }
    _ = try await provider.describe(key)
    #expect(renewals() == 2)
  }

  @Test func `leaves a token alone that cannot be renewed`() async throws {
    let server = FakeTransit()
    server.state.withLock { $0.isRenewable = false }
    let key = try server.addKey()
    let clock = Mutex(Int64(1_700_000_000_000))
    let provider = try provider(server, now: { Moment(milliseconds: clock.withLock { $0 }) })
    for _ in 0..<3 {
      _ = try await provider.describe(key)
      clock.withLock { $0 += 86_400_000 }
    }
    #expect(server.state.withLock { $0.requests.count { $0.hasSuffix("renew-self") } } == 1)
  }

  @Test func `rotates once, unless the server did nothing`() async throws {
    let server = FakeTransit()
    let provider = try provider(server)
    let key = try server.addKey()
    _ = try await provider.describe(key)
    func rotations(_ fault: KeyServiceResponse) async -> VaultError.Code? {
      // The key is read first.
      await code {
        _ = try await provider.describe(key)
        server.state.withLock { state in
          state.requests = []
          state.faults = [.json(200, ["data": ["latest_version": 1, "derived": true]]), fault]
        }
        _ = try await provider.rotate(key)
      }
    }
    #expect(await rotations(FakeTransit.errors(500, "internal error")) == .providerUnavailable)
    #expect(await rotations(FakeTransit.errors(429, "rate limit quota exceeded")) == nil)
    #expect(try await provider.describe(key).version == 2)
  }

  @Test(
    arguments: [
      (404, VaultError.Code.unknownKey), (403, .providerRefused), (412, .providerUnavailable),
      (429, .providerUnavailable), (473, .providerUnavailable), (500, .providerUnavailable),
      (501, .providerUnavailable), (502, .providerUnavailable), (405, .providerAnswer), (418, .providerAnswer),
    ])
  func `gives each status its meaning`(_ status: Int, _ expected: VaultError.Code) async throws {
    let server = FakeTransit()
    let provider = try provider(server)
    let key = try server.addKey()
    _ = try await provider.describe(key)
    server.state.withLock { $0.faults = Array(repeating: FakeTransit.errors(status), count: 3) }
    await #expect(throws: VaultError(expected, key: key, number: Int64(status))) {
      _ = try await provider.describe(key)
    }
  }

  @Test(arguments: ["..", ".", "a/b", "a%2Fb", "a?b", "a:b"])
  func `refuses a name that would be another path`(_ name: String) async throws {
    let server = FakeTransit()
    let provider = try provider(server)
    let key = try #require(KeyID(name))
    #expect(await code { _ = try await provider.describe(key) } == .malformed)
    #expect(server.state.withLock { $0.requests.isEmpty })
  }

  @Test(arguments: ["vault:v1", "derived:vault:v2:AAAA", "derived:vault:v1:!", "other:vault:v1:AAAA", ""])
  func `refuses wrapped bytes that are none`(_ text: String) async throws {
    let server = FakeTransit()
    let provider = try provider(server)
    let key = try server.addKey()
    let wrapped = WrappedKey(provider: .transit, key: key, version: 1, bytes: Array(text.utf8))
    #expect(await code { _ = try await provider.unwrap(wrapped, context: Self.context) } == .malformed)
  }

  @Test func `shows no token when it is described`() {
    let token = Self.token("s.secret")
    var dumped = "\(token) \(String(reflecting: token))"
    dump(token, to: &dumped)
    #expect(!dumped.contains("s.secret"))
  }
}
