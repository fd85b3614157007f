internal import Crypto

extension Digest {
  /// The HMAC-SHA256 of `message` under `key` (RFC 2104).
  package init(authenticating message: [UInt8], key: borrowing SecretBytes) {
    self.init(HMAC<SHA256>.authenticationCode(for: message, using: key.key))
  }
}
