import Bytes
internal import Crypto

/// Secret bytes with one owner, wiped when the owner lets go of them.
///
/// There is no description and no way to copy them by accident. The storage is swift-crypto's `SymmetricKey`, which
/// overwrites its bytes when the last reference to it goes; this type sees to it that there is only one.
package struct SecretBytes: ~Copyable, Sendable {
  let key: SymmetricKey

  init(_ key: SymmetricKey) { self.key = key }

  /// Takes over `bytes`, and wipes the array they came in.
  package init(taking bytes: inout [UInt8]) {
    key = SymmetricKey(data: bytes)
    bytes.wipe()
  }

  /// Fresh bytes from `generator`.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package init(count: Int, using generator: inout some RandomNumberGenerator) {
    var bytes = [UInt8](randomCount: count, using: &generator)
    self.init(taking: &bytes)
  }

  /// How many bytes there are.
  package var count: Int { key.bitCount / 8 }

  /// Lends the bytes to `body`.
  package func withBytes<Value>(_ body: (Span<UInt8>) -> Value) -> Value {
    unsafe key.withUnsafeBytes { raw in
      let bytes = unsafe raw.bindMemory(to: UInt8.self)
      return body(unsafe Span(_unsafeElements: bytes))
    }
  }
}

extension [UInt8] {
  /// Random bytes from `generator`.
  package init(randomCount count: Int, using generator: inout some RandomNumberGenerator) {
    self = []
    reserveCapacity(count + 7)
    while self.count < count {
      var word = generator.next()
      for _ in 0..<Swift.min(8, count - self.count) {
        append(UInt8(truncatingIfNeeded: word))
        word >>= 8
      }
    }
  }
}
