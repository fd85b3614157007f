internal import Crypto

extension SecretBytes {
  /// A key for one purpose, derived from this one by HKDF-SHA256 (RFC 5869).
  ///
  /// Keys derived for different purposes are independent: each use has a purpose of its own, and no key has two uses.
  ///
  /// - Precondition: `count` is at most 8160.
  package func derived(for purpose: [UInt8], salt: [UInt8] = [], count: Int = 32) -> SecretBytes {
    DerivedKeys(from: self, salt: salt).key(for: purpose, count: count)
  }

  /// A key for one purpose, derived from this one by HKDF-SHA256 (RFC 5869).
  package func derived(for purpose: String) -> SecretBytes { derived(for: Array(purpose.utf8)) }
}

/// The keys that HKDF-SHA256 (RFC 5869) derives from one secret: extracted once, expanded for each purpose.
package struct DerivedKeys: ~Copyable, Sendable {
  private let pseudorandom: KeyedHash

  /// The keys derived from `secret`, which `salt` varies and need not make secret.
  package init(from secret: borrowing SecretBytes, salt: [UInt8] = []) {
    // RFC 5869, section 2.2: no salt is a salt of zeros, and HMAC pads a shorter key with zeros.
    var salt = salt
    let extraction = KeyedHash(key: SecretBytes(taking: &salt))
    pseudorandom = KeyedHash(key: SecretBytes(secret.withBytes { extraction.hash($0) }))
  }

  /// The key for one purpose.
  ///
  /// - Precondition: `count` is at most 8160.
  package func key(for purpose: [UInt8], count: Int = 32) -> SecretBytes {
    precondition(count <= 255 * Digest.byteCount, "HKDF-SHA256 gives at most 8160 bytes")
    guard count != Digest.byteCount else { return SecretBytes(block(1, after: nil, purpose)) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + Digest.byteCount)
    var last: Digest?
    var number: UInt8 = 0
    while bytes.count < count {
      number += 1
      let block = block(number, after: last, purpose)
      block.write(into: &bytes)
      last = block
    }
    for index in count..<bytes.count { bytes[index] = 0 }
    bytes.removeLast(bytes.count - count)
    return SecretBytes(taking: &bytes)
  }

  /// The key for one purpose.
  package func key(for purpose: String) -> SecretBytes { key(for: Array(purpose.utf8)) }

  private func block(_ number: UInt8, after last: Digest?, _ purpose: [UInt8]) -> Digest {
    var message = pseudorandom.begin()
    if let last { message.update(last) }
    message.update(purpose.span)
    message.update(number)
    return message.finish()
  }
}

extension SecretBytes {
  init(_ digest: Digest) { self.init(unsafe digest.withBytes { unsafe SymmetricKey(data: $0) }) }
}
