import Ciphers
import Synchronization

/// A secret that is shared by reference inside the vault and wiped with the last reference.
final class SecretBox: Sendable {
  let secret: SecretBytes
  private let sealing = Mutex<SealingKey?>(nil)

  init(_ secret: consuming SecretBytes) { self.secret = secret }

  /// The sealing key whose master is the secret, derived once and wiped with it.
  func sealingKey() throws(CipherError) -> SealingKey {
    if let held = sealing.withLock({ $0 }) { return held }
    let key = try SealingKey(master: secret)
    sealing.withLock { $0 = key }
    return key
  }
}

/// One version of the tenant key, unwrapped.
final class TenantKey: Sendable {
  let version: Int64
  let wrapping: WrappingKey
  /// Whether its row was found under the seal of the vault.
  let isSealed = Atomic(false)

  init(version: Int64, secret: borrowing SecretBytes) throws(VaultError) {
    self.version = version
    wrapping = try WrappingKey(secret.derived(for: "cordon tenant v1 wrap aes-256-gcm"))
  }
}

/// What the vault derives everything that must outlive a rotation from: each is 32 random bytes wrapped under the
/// tenant key, and stays the same when the tenant key is rotated.
package enum TenantSecret: String, Hashable, Sendable, CaseIterable {
  /// The seed of the key that signs the log.
  case logSigning = "log-signing"
  /// The master of the key that seals what was sent.
  case sealing
  /// The secrets of session tokens, one derived for each caller.
  case tokens
  /// The keys of pseudonyms, of the look-up of subjects, and of the token vault.
  case identity
  /// The keys of sealed fields in SQLite, one derived for each store.
  case fields
  /// The keys that authenticate the vault's own rows and sign its certificates.
  case evidence
}
