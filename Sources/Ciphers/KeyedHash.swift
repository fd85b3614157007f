internal import Crypto

/// HMAC-SHA256 (RFC 2104) under one key, whose two padded key blocks are hashed once and not for every message.
package struct KeyedHash: ~Copyable, Sendable {
  private let inner: SHA256
  private let outer: SHA256

  /// The keyed hash under `key`.
  package init(key: borrowing SecretBytes) {
    var block = Block.zero
    key.withBytes { bytes in
      if bytes.count > Block.byteCount {
        unsafe Digest(hashing: bytes).withBytes { unsafe block.load($0) }
      } else {
        unsafe bytes.withUnsafeBufferPointer { unsafe block.load(UnsafeRawBufferPointer($0)) }
      }
    }
    inner = KeyedHash.state(after: block ^ Block(repeating: 0x3636_3636_3636_3636))
    outer = KeyedHash.state(after: block ^ Block(repeating: 0x5C5C_5C5C_5C5C_5C5C))
    block.wipe()
  }

  /// A message in progress.
  package func begin() -> Message { Message(inner: inner, outer: outer) }

  /// The authentication code of one message.
  package func hash(_ message: Span<UInt8>) -> Digest {
    var state = begin()
    state.update(message)
    return state.finish()
  }

  /// A message whose authentication code is being computed.
  package struct Message: ~Copyable {
    private var inner: SHA256
    private let outer: SHA256

    init(inner: SHA256, outer: SHA256) {
      self.inner = inner
      self.outer = outer
    }

    /// Takes in more bytes.
    package mutating func update(_ bytes: Span<UInt8>) {
      unsafe bytes.withUnsafeBufferPointer { unsafe inner.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }

    /// Takes in one byte.
    package mutating func update(_ byte: UInt8) {
      unsafe withUnsafeBytes(of: byte) { unsafe inner.update(bufferPointer: $0) }
    }

    /// Takes in the bytes of a digest.
    package mutating func update(_ digest: Digest) {
      unsafe digest.withBytes { unsafe inner.update(bufferPointer: $0) }
    }

    /// Takes in a length in eight bytes, so that what follows cannot run together with what went before.
    package mutating func update(length: Int) {
      let bytes = UInt64(length).bigEndian
      unsafe withUnsafeBytes(of: bytes) { unsafe inner.update(bufferPointer: $0) }
    }

    /// The authentication code of everything taken in.
    package consuming func finish() -> Digest {
      var outer = outer
      let digest = Digest(inner.finalize())
      unsafe digest.withBytes { unsafe outer.update(bufferPointer: $0) }
      return Digest(outer.finalize())
    }
  }

  private static func state(after block: Block) -> SHA256 {
    var block = block
    var state = SHA256()
    unsafe withUnsafeBytes(of: block) { unsafe state.update(bufferPointer: $0) }
    block.wipe()
    return state
  }
}

/// One block of SHA-256.
private typealias Block = SIMD8<UInt64>

extension SIMD8<UInt64> {
  fileprivate static var byteCount: Int { 64 }

  @unsafe fileprivate mutating func load(_ bytes: UnsafeRawBufferPointer) {
    unsafe withUnsafeMutableBytes(of: &self) { unsafe $0.copyMemory(from: bytes) }
  }

  fileprivate mutating func wipe() {
    unsafe withUnsafeMutableBytes(of: &self) { unsafe $0.wipe() }
  }
}

/// A part with its length before it in eight bytes: no two lists of parts give the same bytes.
package func lengthPrefixed(_ part: [UInt8]) -> [UInt8] {
  (0..<8).reversed().map { UInt8(truncatingIfNeeded: part.count >> (8 * $0)) } + part
}
