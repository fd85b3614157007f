package import Ciphers

/// Makes the key that signs the log, again for each log that is opened with it.
package struct LogSigner: Sendable {
  let seed: SecretBox

  /// The key.
  package func key() throws(VaultError) -> SigningKey {
    do throws(CipherError) {
      return try SigningKey(seed: seed.secret)
    } catch {
      throw VaultError(.malformed)
    }
  }

  /// Its public half.
  // Not inlined: no key is alive in a function that waits.
  @inline(never)
  package func verificationKey() throws(VaultError) -> VerificationKey { try key().verificationKey }
}
