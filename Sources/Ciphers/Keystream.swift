internal import Crypto
internal import CryptoExtras
import struct FoundationEssentials.Data

/// The keystream of AES-256 in counter mode (NIST SP 800-38A, section 6.5), from a counter of zero.
///
/// It stretches one seed into as many bytes as are needed, the same ones for the same seed. A key that is used here has no
/// other use.
package enum Keystream {
  /// Lends the first `count` words of the stream, each little-endian, to `body`, and wipes them after it.
  ///
  /// - Precondition: the key has 32 bytes.
  package static func withWords<Value>(
    _ count: Int, of key: borrowing SecretBytes, _ body: (Span<UInt64>) -> Value
  ) throws(CipherError) -> Value {
    precondition(key.count == 32, "the key of a keystream has 32 bytes")
    do {
      let nonce = try AES._CTR.Nonce(nonceBytes: [UInt8](repeating: 0, count: 16))
      var stream = try AES._CTR.encrypt(Data(count: 8 * count), using: key.key, nonce: nonce)
      return unsafe stream.withUnsafeMutableBytes { raw in
        let words = unsafe raw.bindMemory(to: UInt64.self)
        for index in 0..<count { unsafe words[index] = UInt64(littleEndian: words[index]) }
        defer { unsafe raw.wipe() }
        return unsafe body(words.span)
      }
    } catch {
      throw CipherError(code: .invalidKey)
    }
  }
}
