import Bytes
import CHashing
internal import Crypto

/// A SHA-256 digest, or another 32-byte value derived by a keyed hash.
package struct Digest: Hashable, Sendable {
  /// How many bytes a digest has.
  package static let byteCount = 32

  // The 32 bytes as four words in the byte order of the machine: a digest is copied and compared as two values.
  //
  // INVARIANT: not aligned to more than 16 bytes. The memory that a task gives to asynchronous functions is aligned so,
  // and a function that keeps something wider there writes beyond its end (Swift 6.3.1).
  private var first: SIMD2<UInt64>
  private var second: SIMD2<UInt64>

  private var words: SIMD4<UInt64> { SIMD4(lowHalf: first, highHalf: second) }

  init(_ bytes: some ContiguousDigest) { self.init(words: bytes.words) }

  private init(words: SIMD4<UInt64>) { (first, second) = (words.lowHalf, words.highHalf) }

  /// The SHA-256 digest of `bytes`.
  package init(hashing bytes: Span<UInt8>) {
    var hash = Hashing()
    hash.update(bytes)
    self = hash.finish()
  }

  /// The SHA-256 digest of one byte and two digests after it, taken in as one piece.
  package init(hashing prefix: UInt8, _ left: Digest, _ right: Digest) {
    var hash = SHA256()
    unsafe withUnsafeTemporaryAllocation(byteCount: 1 + 2 * Digest.byteCount, alignment: 1) { bytes in
      unsafe bytes.storeBytes(of: prefix, as: UInt8.self)
      unsafe bytes.storeBytes(of: left.words, toByteOffset: 1, as: SIMD4<UInt64>.self)
      unsafe bytes.storeBytes(of: right.words, toByteOffset: 1 + Digest.byteCount, as: SIMD4<UInt64>.self)
      unsafe hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
    }
    self.init(hash.finalize())
  }

  /// Whether two digests are computed in less time together than one after the other.
  package static let goesInPairs = sha256_pair_is_in_hardware()

  /// The SHA-256 digests of `prefix` and `first`, and of `prefix` and `second`.
  package static func pair(_ prefix: UInt8, _ first: Span<UInt8>, _ second: Span<UInt8>) -> (Digest, Digest) {
    guard goesInPairs else { return (Digest(hashing: prefix, first), Digest(hashing: prefix, second)) }
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * byteCount) { digests in
      unsafe first.withUnsafeBufferPointer { first in
        unsafe second.withUnsafeBufferPointer { second in
          unsafe sha256_pair(
            prefix, first.baseAddress, first.count, second.baseAddress, second.count, digests.baseAddress)
        }
      }
      let bytes = UnsafeRawBufferPointer(digests)
      let first = unsafe bytes.loadUnaligned(as: SIMD4<UInt64>.self)
      let second = unsafe bytes.loadUnaligned(fromByteOffset: byteCount, as: SIMD4<UInt64>.self)
      return (Digest(words: first), Digest(words: second))
    }
  }

  /// The SHA-256 digest of one byte and `bytes` after it.
  package init(hashing prefix: UInt8, _ bytes: Span<UInt8>) {
    var hash = Hashing()
    hash.update(prefix)
    hash.update(bytes)
    self = hash.finish()
  }

  /// The digest that these 32 bytes are; nil when there are more or fewer.
  package init?(_ bytes: Span<UInt8>) {
    guard bytes.count == Digest.byteCount else { return nil }
    self.init(words: unsafe bytes.bytes.unsafeLoadUnaligned(as: SIMD4<UInt64>.self))
  }

  /// The 32 bytes.
  package var bytes: [UInt8] { unsafe withUnsafeBytes(of: words) { unsafe [UInt8]($0) } }

  /// Appends the 32 bytes.
  package func write(into output: inout [UInt8]) {
    unsafe withUnsafeBytes(of: words) { unsafe output.append(contentsOf: $0) }
  }

  /// Whether two digests are equal, in a time that does not depend on where they differ.
  package func equalsInConstantTime(_ other: Digest) -> Bool {
    let difference = words ^ other.words
    return difference[0] | difference[1] | difference[2] | difference[3] == 0
  }

  func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    unsafe withUnsafeBytes(of: words) { unsafe body($0) }
  }
}

extension Digest: CustomStringConvertible {
  /// The digest in lower-case hexadecimal.
  package var description: String { Hex.encode(bytes) }

  /// The digest that 64 hexadecimal digits spell.
  package init?(hexadecimal text: String) {
    guard let bytes = Hex.decode(text) else { return nil }
    self.init(bytes.span)
  }
}

/// A SHA-256 computation in progress.
package struct Hashing {
  private var hash = SHA256()

  /// Begins with no bytes.
  package init() {}

  /// Takes in more bytes.
  package mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
  }

  /// Takes in one byte.
  package mutating func update(_ byte: UInt8) {
    unsafe withUnsafeBytes(of: byte) { unsafe hash.update(bufferPointer: $0) }
  }

  /// Takes in the bytes of a digest.
  package mutating func update(_ digest: Digest) {
    unsafe digest.withBytes { unsafe hash.update(bufferPointer: $0) }
  }

  /// The digest of everything taken in.
  package func finish() -> Digest { Digest(hash.finalize()) }
}

/// What swift-crypto gives as 32 bytes of digest or authentication code.
protocol ContiguousDigest {
  var words: SIMD4<UInt64> { get }
}

extension SHA256Digest: ContiguousDigest {
  var words: SIMD4<UInt64> { unsafe withUnsafeBytes { unsafe $0.loadUnaligned(as: SIMD4<UInt64>.self) } }
}

extension HashedAuthenticationCode<SHA256>: ContiguousDigest {
  var words: SIMD4<UInt64> { unsafe withUnsafeBytes { unsafe $0.loadUnaligned(as: SIMD4<UInt64>.self) } }
}
