import Bytes
import Ciphers
import Crypto
import Synchronization
import TestKit
import Testing
import Vault

// One after the other: starting a module again ends the sessions that anybody in the process has with it.
@Suite(
  .serialized,
  .enabled(if: SoftToken.isInstalled, "SoftHSM is not installed: `apt-get install softhsm2`, or Scripts/setup"))
struct PKCS11Tests {
  static let context = ProviderBehaviour.context

  private func provider(
    _ token: SoftToken, wrapping: TokenWrapping = .gcm, pin: String = SoftToken.pin, sessions: Int = 4
  ) throws -> PKCS11Provider {
    var pin = Array(pin.utf8)
    return try PKCS11Provider(
      .init(
        module: SoftToken.module, label: token.label, wrappings: [wrapping], sessions: sessions,
        allowsDestruction: true),
      pin: SecretBytes(taking: &pin))
  }

  @Test(arguments: TokenWrapping.allCases, ProviderBehaviour.allCases)
  func `behaves as every provider does`(_ wrapping: TokenWrapping, _ behaviour: ProviderBehaviour) async throws {
    let provider = try provider(SoftToken(), wrapping: wrapping)
    let root = try #require(KeyID("root"))
    let signer = try #require(KeyID("signer"))
    try await behaviour.check(
      ProviderBench(
        provider: provider,
        freshKey: {
          _ = try await provider.create(root)
          return root
        },
        signingKey: {
          _ = try await provider.create(signer, signing: .ed25519)
          let bytes = try await provider.publicKey(of: signer)
          let half = try VerificationKey(bytes.span)
          return (
            signer,
            { signature, message in
              guard let bytes = Signature(signature.bytes.span) else { return false }
              return signature.algorithm == .ed25519 && half.accepts(bytes, of: message.span)
            }
          )
        }))
  }

  @Test func `takes the first way of wrapping that the token has`() throws {
    let token = try SoftToken()
    var pin = Array(SoftToken.pin.utf8)
    let provider = try PKCS11Provider(
      .init(module: SoftToken.module, label: token.label), pin: SecretBytes(taking: &pin))
    #expect(provider.wrapping == .gcm)
  }

  @Test func `unwraps what was wrapped in another way`() async throws {
    let token = try SoftToken()
    let root = try #require(KeyID("root"))
    let padded = try provider(token, wrapping: .padded)
    _ = try await padded.create(root)
    let made = try await padded.generateDataKey(under: root, context: Self.context)
    let gcm = try provider(token)
    try await expectEqual(gcm.unwrap(made.wrapped, context: Self.context), made.plaintext)
  }

  @Test func `signs on P-256 with r and s side by side`() async throws {
    let provider = try provider(SoftToken())
    let signer = try #require(KeyID("p256"))
    _ = try await provider.create(signer, signing: .ecdsaP256)
    let message = Array("a message".utf8)
    let signature = try await provider.sign(message, with: signer)
    #expect(signature.algorithm == .ecdsaP256 && signature.bytes.count == 64)
    let half = try P256.Signing.PublicKey(x963Representation: try await provider.publicKey(of: signer))
    #expect(half.isValidSignature(try P256.Signing.ECDSASignature(rawRepresentation: signature.bytes), for: message))
    #expect(try await provider.rotate(signer).version == 2)
  }

  @Test func `gives no bytes of a root key away`() async throws {
    let provider = try provider(SoftToken())
    let root = try #require(KeyID("root"))
    _ = try await provider.create(root)
    let error = await #expect(throws: VaultError.self) { try await provider.revealRootKey(root) }
    // CKR_ATTRIBUTE_SENSITIVE
    #expect(error == VaultError(.providerRefused, key: root, number: 0x11))
  }

  @Test func `tries a wrong PIN once`() async throws {
    let token = try SoftToken()
    // CKR_PIN_INCORRECT
    #expect(throws: VaultError(.providerRefused, number: 0xA0)) { try provider(token, pin: "not the PIN") }
    _ = try provider(token)
  }

  @Test func `finds no token of another name`() throws {
    var pin = Array(SoftToken.pin.utf8)
    _ = try SoftToken()
    // CKR_TOKEN_NOT_PRESENT
    #expect(throws: VaultError(.providerUnavailable, number: 0xE0)) {
      try PKCS11Provider(.init(module: SoftToken.module, label: "elsewhere"), pin: SecretBytes(taking: &pin))
    }
  }

  @Test func `loads no library that is no module`() throws {
    var pin = [UInt8(0x31)]
    #expect(throws: VaultError(.providerUnavailable, number: 1)) {
      try PKCS11Provider(.init(module: "/nonexistent.so", label: "x"), pin: SecretBytes(taking: &pin))
    }
    #expect(throws: VaultError(.providerAnswer, number: 2)) {
      try PKCS11Provider(.init(module: "libm.so.6", label: "x"), pin: SecretBytes(taking: &pin))
    }
  }

  @Test func `answers many tasks at once`() async throws {
    let provider = try provider(SoftToken())
    let root = try #require(KeyID("root"))
    _ = try await provider.create(root)
    let right = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<64 {
        group.addTask {
          let context = KeyContext(["task": "\(number)"])
          guard let made = try? await provider.generateDataKey(under: root, context: context),
            let clear = try? await provider.unwrap(made.wrapped, context: context)
          else { return false }
          let other = await code { _ = try await provider.unwrap(made.wrapped, context: KeyContext(["task": "x"])) }
          return equal(clear, made.plaintext) && other == .notAuthentic
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(right == 64)
  }

  @Test(arguments: [TokenWrapping.gcm, .padded])
  func `fails closed while the token is out and goes on when it is back`(_ wrapping: TokenWrapping) async throws {
    let token = try SoftToken()
    let provider = try provider(token, wrapping: wrapping)
    let root = try #require(KeyID("root"))
    _ = try await provider.create(root)
    let made = try await provider.generateDataKey(under: root, context: Self.context)
    let wrapped = made.wrapped

    let codes = Codes()
    let users = Task {
      // Calls go on from several tasks throughout.
      await withDiscardingTaskGroup { group in
        for _ in 0..<4 {
          group.addTask {
            while !Task.isCancelled {
              codes.add(await code { _ = try await provider.unwrap(wrapped, context: Self.context) })
              await Task.yield()
            }
          }
        }
      }
    }
    while codes.all.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
    try token.pullOut()
    for _ in 0..<20 {
      #expect(
        await code { _ = try await provider.unwrap(wrapped, context: Self.context) } == .providerUnavailable)
      #expect(await code { _ = try await provider.describe(root) } == .providerUnavailable)
      #expect(
        await code { _ = try await provider.generateDataKey(under: root, context: Self.context) }
          == .providerUnavailable)
    }
    while codes.all.count < 2 { try await Task.sleep(for: .milliseconds(2)) }
    try token.putBack()
    // It is looked for again after at most half a minute.
    var isBack = false
    for _ in 0..<2_400 where !isBack {
      isBack = await code { _ = try await provider.unwrap(wrapped, context: Self.context) } == nil
      if !isBack { try await Task.sleep(for: .milliseconds(50)) }
    }
    #expect(isBack)
    users.cancel()
    await users.value
    #expect(codes.all == [nil, .providerUnavailable])
    try await expectEqual(provider.unwrap(wrapped, context: Self.context), made.plaintext)
  }
}

/// How calls that go on from several tasks have ended, each way once.
private final class Codes: Sendable {
  private let state = Mutex<Set<VaultError.Code?>>([])

  var all: Set<VaultError.Code?> { state.withLock(\.self) }

  func add(_ code: VaultError.Code?) { state.withLock { _ = $0.insert(code) } }
}
