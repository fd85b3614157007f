internal import Crypto
internal import CryptoExtras

/// The keystream of AES-256 in counter mode (NIST SP 800-38A, section 6.5), from a counter of zero.
///
/// It stretches one seed into as many bytes as are needed, the same ones for the same seed. A key that is used here has no
/// other use.
package enum Keystream {
  /// Lends the first `count` words of the stream, in the machine's order, which is little-endian wherever this runs, to
  /// `body`, and wipes them after it.
  ///
  /// - Precondition: the key has 32 bytes.
  package static func withWords<Value>(
    _ count: Int, of key: borrowing SecretBytes, _ body: (Span<UInt64>) -> Value
  ) throws(CipherError) -> Value {
    precondition(key.count == 32, "the key of a keystream has 32 bytes")
    let zeros = [UInt8](repeating: 0, count: 8 * count)
    do {
      let nonce = try AES._CTR.Nonce(nonceBytes: [UInt8](repeating: 0, count: 16))
      var stream = try AES._CTR.encrypt(zeros, using: key.key, nonce: nonce)
      if let value = lend(&stream, wipingWith: zeros, body) { return value }
    } catch {}
    throw CipherError(code: .invalidKey)
  }

  /// Lends what the collection holds, as words, and then puts `zeros` in its place; nobody else has it.
  private static func lend<Value>(
    _ bytes: inout some RangeReplaceableCollection<UInt8>, wipingWith zeros: [UInt8], _ body: (Span<UInt64>) -> Value
  ) -> Value? {
    defer { bytes.replaceSubrange(bytes.startIndex..<bytes.endIndex, with: zeros) }
    return bytes.withContiguousStorageIfAvailable { bytes in
      unsafe bytes.withMemoryRebound(to: UInt64.self) { unsafe body($0.span) }
    }
  }
}
