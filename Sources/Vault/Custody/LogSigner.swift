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
}
