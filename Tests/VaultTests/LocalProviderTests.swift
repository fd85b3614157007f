import Bytes
import Ciphers
import Foundation
import TestKit
import Testing
import Vault

struct LocalProviderTests {
  private let bench: TestVault
  private let context = KeyContext(["purpose": "test"])

  init() throws { bench = try TestVault() }

  private func text() throws -> String {
    try String(contentsOfFile: bench.folder.path + "/keys/vault.key", encoding: .utf8)
  }

  private func write(_ text: String) throws {
    try text.write(toFile: bench.folder.path + "/keys/vault.key", atomically: true, encoding: .utf8)
  }

  @Test func `a wrapped key unwraps under its context only`() async throws {
    let provider = try bench.createProvider()
    let made = try await provider.generateDataKey(under: .root, context: context)
    let again = try await provider.unwrap(made.wrapped, context: context)
    let plain = made.plaintext.withBytes { Hex.encode($0) }
    #expect(again.withBytes { Hex.encode($0) } == plain)
    let wrapped = made.wrapped
    #expect(WrappedKey(wrapped.description) == wrapped)
    let other = await failure { _ = try await provider.unwrap(wrapped, context: KeyContext(["purpose": "other"])) }
    #expect(other == VaultError(.notAuthentic, key: .root))
  }

  @Test func `every changed byte of a wrapped key is refused`() async throws {
    let provider = try bench.createProvider()
    let wrapped = try await provider.generateDataKey(under: .root, context: context).wrapped
    for index in wrapped.bytes.indices {
      var bytes = wrapped.bytes
      bytes[index] ^= 1
      let changed = WrappedKey(provider: .local, key: .root, version: wrapped.version, bytes: bytes)
      #expect(await failure { _ = try await provider.unwrap(changed, context: context) }?.code == .notAuthentic)
    }
  }

  @Test func `a wrong passphrase gives one error`() throws {
    _ = try bench.createProvider()
    let wrong = PassphraseSource { () throws(VaultError) in Array("wrong".utf8) }
    #expect(throws: VaultError(.wrongPassphrase)) {
      _ = try LocalProvider(folder: bench.folder.path + "/keys", passphrase: wrong)
    }
    #expect(throws: VaultError(.noPassphrase)) {
      _ = try LocalProvider(
        folder: bench.folder.path + "/keys", passphrase: PassphraseSource { () throws(VaultError) in [0x0A] })
    }
  }

  @Test func `what the older version of a root key wrapped unwraps after a rotation, and is rewrapped`() async throws {
    let provider = try bench.createProvider()
    let old = try await provider.generateDataKey(under: .root, context: context)
    let plain = old.plaintext.withBytes { Hex.encode($0) }
    #expect(try await provider.rotate(.root).version == 2)
    let newer = try await provider.rewrap(old.wrapped, context: context)
    #expect(newer.version == 2)
    let reopened = try bench.provider()
    for wrapped in [old.wrapped, newer] {
      #expect(try await reopened.unwrap(wrapped, context: context).withBytes { Hex.encode($0) } == plain)
    }
  }

  @Test func `another process sees a rotation at once`() async throws {
    let (first, second) = (try bench.createProvider(), try bench.provider())
    _ = try await first.rotate(.root)
    let wrapped = try await first.generateDataKey(under: .root, context: context).wrapped
    #expect(wrapped.version == 2)
    _ = try await second.unwrap(wrapped, context: context)
    #expect(try await second.describe(.root).version == 2)
  }

  @Test func `a changed passphrase opens the same keys, and the old one opens nothing`() async throws {
    let provider = try bench.createProvider()
    let wrapped = try await provider.generateDataKey(under: .root, context: context).wrapped
    let next = PassphraseSource { () throws(VaultError) in Array("another one\n".utf8) }
    try provider.changePassphrase(to: next, parameters: require(TestVault.parameters))
    #expect(throws: VaultError(.wrongPassphrase)) { _ = try bench.provider() }
    let reopened = try LocalProvider(folder: bench.folder.path + "/keys", passphrase: next)
    _ = try await reopened.unwrap(wrapped, context: context)
  }

  @Test func `disabled and scheduled keys are refused, a destroyed one is gone`() async throws {
    let provider = try bench.createProvider()
    let wrapped = try await provider.generateDataKey(under: .root, context: context).wrapped
    _ = try await provider.disable(.root)
    #expect(await failure { _ = try await provider.unwrap(wrapped, context: context) }?.code == .keyDisabled)
    _ = try await provider.enable(.root)
    _ = try await provider.unwrap(wrapped, context: context)
    _ = try await provider.scheduleDestruction(of: .root, afterDays: 7)
    bench.pass(days: 7, milliseconds: -1)
    let early = await failure { _ = try provider.destroy(.root) }
    let due = Moment(milliseconds: bench.clock().milliseconds + 1)
    #expect(early == VaultError(.waiting(until: due), key: .root))
    bench.pass(days: 30)
    // Nothing is destroyed by the look at a clock.
    #expect(try await provider.describe(.root).state == .pendingDestruction)
    #expect(try provider.destroy(.root).state == .destroyed)
    #expect(await failure { _ = try await provider.unwrap(wrapped, context: context) }?.code == .keyDestroyed)
    #expect(await failure { _ = try await provider.cancelDestruction(of: .root) }?.code == .keyDestroyed)
  }

  @Test(arguments: [
    ("memory=64", "memory=4294967295"), ("memory=64", "memory=1048577"), ("passes=1", "passes=17"),
    ("passes=1", "passes=0"), ("lanes=1", "lanes=200"), ("memory=64", "memory=7"), ("argon2id", "scrypt"),
    ("file 1", "file 2"), ("salt ", "salt A"), ("sealed ", "sealed !"), ("vault-key", "other"),
  ])
  func `a key file that asks for absurd work, or is none, is refused unread`(_ from: String, _ to: String) throws {
    _ = try bench.createProvider()
    try write(text().replacingOccurrences(of: from, with: to))
    #expect(throws: VaultError(.malformed)) { _ = try bench.provider() }
  }

  @Test func `every changed character of a key file is refused`() throws {
    _ = try bench.createProvider()
    let whole = Array(try text().utf8)
    for index in whole.indices.dropLast() {
      var changed = whole
      changed[index] = changed[index] == 0x41 ? 0x42 : 0x41
      try write(String(decoding: changed, as: UTF8.self))
      #expect(throws: VaultError.self) { _ = try bench.provider() }
    }
  }

  @Test func `a key file shows no key, and is its owner's only`() throws {
    _ = try bench.createProvider()
    let mode = try FileManager.default.attributesOfItem(atPath: bench.folder.path + "/keys/vault.key")
    #expect(mode[.posixPermissions] as? Int == 0o600)
    #expect(throws: VaultError(.exists)) { _ = try bench.createProvider() }
  }
}
