import Bytes
import Ciphers
import Storage

/// The opened key of one scope: it leads from a value to its row, and from a row to its value.
final class Crosswalk: Sendable {
  static let secretByteCount = 32
  private static let lookupLength = 16

  let number: Int64
  let name: ScopeName
  let policy: RevealPolicy
  private let fields: FieldCipher
  private let lookups: KeyedHash

  init(_ secret: borrowing SecretBytes, number: Int64, name: ScopeName, policy: RevealPolicy) throws(VaultError) {
    self.number = number
    self.name = name
    self.policy = policy
    lookups = KeyedHash(key: secret.derived(for: "cordon crosswalk v1 lookup"))
    do throws(StorageError) {
      fields = try FieldCipher(secret: secret, label: "crosswalk")
    } catch {
      throw VaultError(.malformed)
    }
  }

  /// What the row of a value is looked up by: 16 bytes.
  func lookup(_ value: TokenValue) -> [UInt8] {
    let kind = Array(value.kind.description.utf8)
    var message = lookups.begin()
    message.update(length: kind.count)
    message.update(kind.span)
    message.update(value.identity.span)
    return Array(message.finish().bytes.prefix(Crosswalk.lookupLength))
  }

  /// The spelling, sealed for the row of its token: with another look-up, or another token, it does not open.
  func seal(
    _ spelling: [UInt8], for token: Token, at lookup: [UInt8], using generator: inout some RandomNumberGenerator
  ) throws(StorageError) -> [UInt8] {
    try fields.seal(spelling.span, at: Crosswalk.place(token, lookup), using: &generator)
  }

  /// The spelling that was sealed for the row of a token.
  func open(_ sealed: [UInt8], for token: Token, at lookup: [UInt8]) throws(StorageError) -> [UInt8] {
    try fields.open(sealed, at: Crosswalk.place(token, lookup))
  }

  /// The spelling that was sealed for a token alone, in a table from before the look-up counted.
  func openUnbound(_ sealed: [UInt8], for token: Token) throws(StorageError) -> [UInt8] {
    try fields.open(sealed, at: FieldPlace("token", "value", row: token.description))
  }

  private static func place(_ token: Token, _ lookup: [UInt8]) -> FieldPlace {
    // No token has a zero byte: what was sealed for a token alone is sealed for another place.
    FieldPlace("token", "value", row: Array(token.description.utf8) + [0] + lookup)
  }

  /// What the key of a scope is sealed for: with another policy it does not open.
  static func context(_ vault: String, _ name: ScopeName, _ policy: RevealPolicy) -> [UInt8] {
    KeyContext([
      "purpose": "cordon-token-scope", "vault": vault, "scope": name.description, "policy": policy.rawValue,
    ]).bytes
  }
}
