import Bytes

/// What is kept of an API key: enough to recognise it, not enough to use it.
///
/// One HMAC-SHA256 under a random salt, not a slow password hash: the secret has 256 random bits, so there is nothing
/// to guess, however fast guesses are; a slow hash would only make every request slow and the gateway easy to exhaust.
/// The salt keeps hashes in two places from showing that they are of one key.
///
/// Its text, for the configuration, is `hmac-sha256:<key id>:<salt>:<hash>`, the last two in base64url.
package struct APIKeyHash: Hashable, Sendable {
  private static let scheme = "hmac-sha256"
  private static let saltLength = 16

  /// The public part of the key, to look the hash up by.
  package let id: APIKeyID
  private let salt: [UInt8]
  private let hash: Digest

  /// The hash of `key` under a fresh salt.
  package init(of key: borrowing APIKey, using generator: inout some RandomNumberGenerator) {
    id = key.id
    salt = [UInt8](randomCount: APIKeyHash.saltLength, using: &generator)
    hash = APIKeyHash.hash(key, salt)
  }

  /// Whether `key` is the key that was hashed, in a time that does not depend on where they differ.
  package func matches(_ key: borrowing APIKey) -> Bool {
    APIKeyHash.hash(key, salt).equalsInConstantTime(hash)
  }

  private static func hash(_ key: borrowing APIKey, _ salt: [UInt8]) -> Digest {
    var salt = salt
    let saltKey = SecretBytes(taking: &salt)
    return key.text.withBytes { Digest(authenticating: [UInt8](copying: $0), key: saltKey) }
  }
}

extension APIKeyHash: LosslessStringConvertible {
  /// The text for the configuration.
  package var description: String {
    "\(APIKeyHash.scheme):\(id):\(Base64URL.encode(salt)):\(Base64URL.encode(hash.bytes))"
  }

  /// The hash that `text` spells; nil when it spells none.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, parts[0] == APIKeyHash.scheme, let id = APIKeyID(parts[1]),
      let salt = Base64URL.decode(parts[2]), salt.count == APIKeyHash.saltLength,
      let hash = Base64URL.decode(parts[3]).flatMap({ Digest($0.span) })
    else { return nil }
    self.id = id
    self.salt = salt
    self.hash = hash
  }
}
