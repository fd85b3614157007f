import Bytes
import Ciphers
import Crypto
import struct FoundationEssentials.Data

/// Wraps keys by AES-256-GCM (NIST SP 800-38D) under random nonces: nonce ‖ ciphertext ‖ tag.
///
/// Random nonces allow 2^32 uses of one key (section 8.3); whoever owns the key counts.
struct WrappingKey: ~Copyable, Sendable {
  /// How many bytes a wrapped key has more than the key.
  static let overhead = 12 + 16
  /// How often one key may wrap (NIST SP 800-38D, section 8.3).
  static let mostUses: Int64 = 1 << 32

  private let key: SymmetricKey

  /// The wrapping key of these 32 bytes.
  init(_ secret: consuming SecretBytes) throws(VaultError) {
    guard secret.count == 32 else { throw VaultError(.malformed) }
    key = secret.withBytes { bytes in
      unsafe bytes.withUnsafeBytes { unsafe SymmetricKey(data: $0) }
    }
  }

  /// A secret wrapped for `context`.
  func wrap(
    _ secret: borrowing SecretBytes, context: [UInt8], using generator: inout some RandomNumberGenerator
  ) throws(VaultError) -> [UInt8] {
    let nonce = SIMD2(generator.next(), generator.next())
    let key = key
    var output: [UInt8] = []
    let done: Bool = secret.withBytes { bytes in
      unsafe bytes.withUnsafeBytes { text in
        unsafe WrappingKey.seal(text, key, nonce, context, into: &output)
      }
    }
    guard done else { throw VaultError(.notAuthentic) }
    return output
  }

  /// The secret that was wrapped for `context`.
  func unwrap(_ wrapped: Span<UInt8>, context: [UInt8]) throws(VaultError) -> SecretBytes {
    var bytes = try unsafe wrapped.withUnsafeBytes { (raw) throws(VaultError) in
      guard var text = unsafe WrappingKey.open(raw, key, context) else { throw VaultError(.notAuthentic) }
      defer { text.wipe() }
      return Array(text)
    }
    return SecretBytes(taking: &bytes)
  }

  /// The secret in `wrapped`, wrapped anew under `newer`: appended to `output` without a stop in between.
  ///
  /// This is what a rotation does a million times; it allocates nothing that the cipher itself does not.
  func rewrap(
    _ wrapped: UnsafeRawBufferPointer, context: [UInt8], under newer: borrowing WrappingKey, newContext: [UInt8],
    nonce: SIMD2<UInt64>, into output: inout [UInt8]
  ) -> Bool {
    guard var text = unsafe WrappingKey.open(wrapped, key, context) else { return false }
    defer { text.wipe() }
    let newKey = newer.key
    return unsafe text.withUnsafeBytes { unsafe WrappingKey.seal($0, newKey, nonce, newContext, into: &output) }
  }

  private static func seal(
    _ text: UnsafeRawBufferPointer, _ key: SymmetricKey, _ nonce: SIMD2<UInt64>, _ context: [UInt8],
    into output: inout [UInt8]
  ) -> Bool {
    let nonce = unsafe withUnsafeBytes(of: nonce) { bytes in
      try? unsafe AES.GCM.Nonce(data: UnsafeRawBufferPointer(rebasing: bytes.prefix(12)))
    }
    guard let nonce,
      let box = try? unsafe AES.GCM.seal(text, using: key, nonce: nonce, authenticating: context),
      // What the cipher has in one piece: taking its parts one by one takes a quarter of the time of a seal.
      let sealed = box.combined
    else { return false }
    unsafe sealed.withUnsafeBytes { unsafe output.append(contentsOf: $0) }
    return true
  }

  private static func open(_ wrapped: UnsafeRawBufferPointer, _ key: SymmetricKey, _ context: [UInt8]) -> Data? {
    guard let box = try? unsafe AES.GCM.SealedBox(combined: wrapped) else { return nil }
    return try? AES.GCM.open(box, using: key, authenticating: context)
  }
}

extension Data {
  /// Overwrites every byte with zero.
  mutating func wipe() { resetBytes(in: 0..<count) }
}
