import Bytes
import Ciphers
import Testing
import Vault

/// A provider under test, with keys to try it on.
struct ProviderBench: Sendable {
  let provider: any KeyProvider
  /// A key of its own for each behaviour, which may be rotated, disabled and destroyed.
  let freshKey: @Sendable () async throws -> KeyID
  /// A key that signs, with its public half, where there is one.
  var signingKey: (@Sendable () async throws -> (KeyID, SignatureVerifier))?
}

/// What tells whether a signature is right.
typealias SignatureVerifier = @Sendable (KeySignature, [UInt8]) throws -> Bool

/// What every provider does, as far as it says that it can.
enum ProviderBehaviour: String, CaseIterable, CustomTestStringConvertible {
  case describes, knowsNoOtherKey, unwrapsWhatItGenerated, unwrapsWhatItWrapped, refusesAnotherContext
  case refusesChangedBytes, refusesWhatOthersWrapped, rotates, rewraps, disables, destroys, signs
  case refusesWhatItDoesNotDeclare

  var testDescription: String { rawValue }

  static let context = KeyContext(["purpose": "tenant", "tenant": "t_1"])

  func check(_ bench: ProviderBench) async throws {
    let provider = bench.provider
    let operations = provider.capabilities.operations
    let key = try await bench.freshKey()
    switch self {
    case .describes:
      let description = try await provider.describe(key)
      #expect(description.key == key && description.state == .enabled && description.version >= 1)

    case .knowsNoOtherKey:
      let other = try #require(KeyID("\(key)-other"))
      #expect(await code { _ = try await provider.describe(other) } == .unknownKey)
      #expect(
        await code { _ = try await provider.generateDataKey(under: other, context: Self.context) } == .unknownKey)

    case .unwrapsWhatItGenerated:
      let made = try await provider.generateDataKey(under: key, context: Self.context)
      #expect(made.plaintext.count == DataKey.byteCount)
      let text = try #require(WrappedKey(made.wrapped.description))
      #expect(text == made.wrapped)
      try await expectEqual(provider.unwrap(text, context: Self.context), made.plaintext)
      let another = try await provider.generateDataKey(under: key, context: Self.context)
      let areEqual = equal(another.plaintext, made.plaintext)
      #expect(!areEqual)

    case .unwrapsWhatItWrapped:
      for count in [1, 16, 31, 32, 33, 64, 255] {
        let secret = Self.secret(count)
        let wrapped = try await provider.wrap(secret, under: key, context: Self.context)
        #expect(wrapped.provider == provider.name && wrapped.key == key)
        try await expectEqual(provider.unwrap(wrapped, context: Self.context), secret)
      }

    case .refusesAnotherContext:
      let made = try await provider.generateDataKey(under: key, context: Self.context)
      for other in [
        ["purpose": "tenant", "tenant": "t_2"], ["purpose": "tenant"], ["purpose": "tenantt", "enant": "t_1"],
        ["purpose": "tenant", "tenant": "t_1", "more": "x"],
      ] {
        #expect(await code { _ = try await provider.unwrap(made.wrapped, context: KeyContext(other)) } == .notAuthentic)
        if operations.contains(.rewrap) {
          #expect(
            await code { _ = try await provider.rewrap(made.wrapped, context: KeyContext(other)) } == .notAuthentic)
        }
      }

    case .refusesChangedBytes:
      let made = try await provider.generateDataKey(under: key, context: Self.context)
      let bytes = made.wrapped.bytes
      for place in [0, 1, bytes.count / 2, bytes.count - 1] {
        var changed = bytes
        changed[place] ^= 0x01
        let found = await code {
          _ = try await provider.unwrap(replacing(made.wrapped, changed), context: Self.context)
        }
        #expect([.notAuthentic, .malformed, .keyDestroyed].contains(found), "byte \(place)")
      }
      for count in [0, 1, bytes.count / 2, bytes.count - 1] {
        let found = await code {
          _ = try await provider.unwrap(replacing(made.wrapped, Array(bytes.prefix(count))), context: Self.context)
        }
        #expect([.notAuthentic, .malformed].contains(found), "\(count) bytes")
      }

    case .refusesWhatOthersWrapped:
      let made = try await provider.generateDataKey(under: key, context: Self.context)
      let elsewhere = try #require(ProviderName("elsewhere"))
      let foreign = WrappedKey(
        provider: elsewhere, key: key, version: made.wrapped.version, bytes: made.wrapped.bytes)
      let found = await code { _ = try await provider.unwrap(foreign, context: Self.context) }
      #expect([.malformed, .unknownKey].contains(found))

    case .rotates:
      guard operations.contains(.rotate) else { return }
      let made = try await provider.generateDataKey(under: key, context: Self.context)
      let before = try await provider.describe(key)
      let after = try await provider.rotate(key)
      #expect(after.version >= before.version && after.state == .enabled)
      try await expectEqual(provider.unwrap(made.wrapped, context: Self.context), made.plaintext)
      let newer = try await provider.generateDataKey(under: key, context: Self.context)
      #expect(newer.wrapped.version >= made.wrapped.version)
      try await expectEqual(provider.unwrap(newer.wrapped, context: Self.context), newer.plaintext)

    case .rewraps:
      let made = try await provider.generateDataKey(under: key, context: Self.context)
      if operations.contains(.rotate) { _ = try await provider.rotate(key) }
      let rewrapped = try await provider.rewrap(made.wrapped, context: Self.context)
      #expect(rewrapped.version == 0 || rewrapped.version >= made.wrapped.version)
      try await expectEqual(provider.unwrap(rewrapped, context: Self.context), made.plaintext)

    case .disables:
      guard operations.contains(.disable) else { return }
      let made = try await provider.generateDataKey(under: key, context: Self.context)
      #expect(try await provider.disable(key).state == .disabled)
      #expect(try await provider.describe(key).state == .disabled)
      #expect(await code { _ = try await provider.unwrap(made.wrapped, context: Self.context) } == .keyDisabled)
      #expect(
        await code { _ = try await provider.generateDataKey(under: key, context: Self.context) } == .keyDisabled)
      #expect(await code { _ = try await provider.rewrap(made.wrapped, context: Self.context) } == .keyDisabled)
      #expect(try await provider.enable(key).state == .enabled)
      try await expectEqual(provider.unwrap(made.wrapped, context: Self.context), made.plaintext)

    case .destroys:
      guard operations.contains(.destroy), let days = provider.capabilities.waitingDays else { return }
      let made = try await provider.generateDataKey(under: key, context: Self.context)
      let scheduled = try await provider.scheduleDestruction(of: key, afterDays: days.lowerBound)
      guard days.lowerBound > 0 else {
        #expect(scheduled.state == .destroyed)
        let found = await code { _ = try await provider.unwrap(made.wrapped, context: Self.context) }
        #expect([.unknownKey, .keyDestroyed].contains(found))
        return
      }
      #expect(scheduled.state == .pendingDestruction && scheduled.destruction != nil)
      #expect(try await provider.describe(key).state == .pendingDestruction)
      #expect(await code { _ = try await provider.unwrap(made.wrapped, context: Self.context) } == .keyDisabled)
      #expect(try await provider.cancelDestruction(of: key).state == .disabled)
      #expect(await code { _ = try await provider.unwrap(made.wrapped, context: Self.context) } == .keyDisabled)
      _ = try await provider.enable(key)
      try await expectEqual(provider.unwrap(made.wrapped, context: Self.context), made.plaintext)

    case .signs:
      guard operations.contains(.sign), let signingKey = bench.signingKey else { return }
      let (signer, verifies) = try await signingKey()
      let message = Array("a message".utf8)
      let signature = try await provider.sign(message, with: signer)
      #expect(try verifies(signature, message))
      #expect(try !verifies(signature, Array("another".utf8)))
      #expect(await code { _ = try await provider.wrap(Self.secret(32), under: signer, context: Self.context) } != nil)

    case .refusesWhatItDoesNotDeclare:
      if !operations.contains(.rotate) {
        #expect(await code { _ = try await provider.rotate(key) } == .unsupported(.rotate))
      }
      if !operations.contains(.disable) {
        #expect(await code { _ = try await provider.disable(key) } == .unsupported(.disable))
      }
      if !operations.contains(.destroy) {
        #expect(
          await code { _ = try await provider.scheduleDestruction(of: key, afterDays: 30) } == .unsupported(.destroy))
      }
      if !operations.contains(.sign) {
        #expect(await code { _ = try await provider.sign([1], with: key) } == .unsupported(.sign))
      }
    }
  }

  static func secret(_ count: Int) -> SecretBytes {
    var bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) }
    return SecretBytes(taking: &bytes)
  }
}

/// The code of the error that `body` throws; nil when it throws none.
func code(_ body: () async throws -> Void) async -> VaultError.Code? {
  do {
    try await body()
    return nil
  } catch {
    return (error as? VaultError)?.code
  }
}

/// Whether two secrets have the same bytes.
func equal(_ left: borrowing SecretBytes, _ right: borrowing SecretBytes) -> Bool {
  let bytes = right.withBytes { [UInt8](copying: $0) }
  return left.withBytes { equalInConstantTime($0, bytes.span) }
}

/// Expects that two secrets have the same bytes.
func expectEqual(
  _ left: borrowing SecretBytes, _ right: borrowing SecretBytes, sourceLocation: SourceLocation = #_sourceLocation
) {
  let areEqual = equal(left, right)
  #expect(areEqual, sourceLocation: sourceLocation)
}

private func replacing(_ wrapped: WrappedKey, _ bytes: [UInt8]) -> WrappedKey {
  WrappedKey(provider: wrapped.provider, key: wrapped.key, version: wrapped.version, bytes: bytes)
}
