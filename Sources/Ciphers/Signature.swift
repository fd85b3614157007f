import Bytes

/// An Ed25519 signature (RFC 8032): 64 bytes.
package struct Signature: Hashable, Sendable {
  /// How many bytes a signature has.
  package static let byteCount = 64

  /// The 64 bytes.
  package let bytes: [UInt8]

  /// The signature that these 64 bytes are; nil when there are more or fewer.
  package init?(_ bytes: Span<UInt8>) {
    guard bytes.count == Signature.byteCount else { return nil }
    self.bytes = [UInt8](copying: bytes)
  }

  init(unchecked bytes: [UInt8]) { self.bytes = bytes }
}
