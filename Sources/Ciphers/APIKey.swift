import Bytes

/// A caller's API key, `cordon_sk_<id>_<secret><checksum>`.
///
/// The id has 12 characters and is public: keys are looked up by it, and logs may name it. The secret has 43 characters
/// of `0-9A-Za-z`, drawn evenly: 256 bits. The checksum has 6 and is no secret either: it tells a mistyped or cut key
/// from an unknown one without a look-up, and lets scanners for leaked secrets find a key with few false alarms.
package struct APIKey: ~Copyable, Sendable {
  static let prefix = "cordon_sk_"
  static let secretLength = 43
  static let checksumLength = 6

  /// The public part that the key is looked up by.
  package let id: APIKeyID
  let text: SecretBytes

  /// A fresh key.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package init(using generator: inout some RandomNumberGenerator) {
    id = APIKeyID(using: &generator)
    var text = Array("\(APIKey.prefix)\(id)_".utf8)
    text.reserveCapacity(128)
    for _ in 0..<APIKey.secretLength { text.append(Base62.digit(using: &generator)) }
    let checksum = APIKey.checksum(of: text)
    text += checksum
    self.text = SecretBytes(taking: &text)
  }

  /// The key that a caller presented; nil when it has not the form of a key or its checksum is wrong.
  package init?(presented text: String) {
    var bytes = Array(text.utf8)
    guard let id = APIKey.id(in: bytes) else {
      bytes.wipe()
      return nil
    }
    self.id = id
    self.text = SecretBytes(taking: &bytes)
  }

  /// The whole key, to be shown to its owner once.
  package func revealingText() -> String { text.withBytes { String(decoding: $0) } }

  private static func id(in text: [UInt8]) -> APIKeyID? {
    let idStart = prefix.utf8.count
    let secretStart = idStart + APIKeyID.length + 1
    let checksumStart = secretStart + secretLength
    guard text.count == checksumStart + checksumLength, text.starts(with: prefix.utf8), text[secretStart - 1] == 0x5F,
      text[secretStart..<checksumStart].allSatisfy(ASCII.isAlphanumeric),
      text[checksumStart...].elementsEqual(checksum(of: Array(text.prefix(checksumStart))))
    else { return nil }
    return APIKeyID(String(decoding: text.span.extracting(idStart..<secretStart - 1)))
  }

  private static func checksum(of text: [UInt8]) -> [UInt8] {
    var number: UInt32 = 0
    for byte in Digest(hashing: text.span).bytes.prefix(4) { number = number << 8 | UInt32(byte) }
    var digits: [UInt8] = []
    for _ in 0..<checksumLength {
      digits.append(Base62.digits[Int(number % 62)])
      number /= 62
    }
    return digits
  }
}

/// The public part of an API key: 12 characters of `0-9A-Za-z`.
package struct APIKeyID: Hashable, Sendable, CustomStringConvertible {
  static let length = 12

  /// The 12 characters.
  package let description: String

  /// The id that these 12 characters are; nil when they are others.
  package init?(_ text: String) {
    guard text.utf8.count == APIKeyID.length, text.utf8.allSatisfy(ASCII.isAlphanumeric) else { return nil }
    description = text
  }

  init(using generator: inout some RandomNumberGenerator) {
    var text: [UInt8] = []
    for _ in 0..<APIKeyID.length { text.append(Base62.digit(using: &generator)) }
    description = String(decoding: text.span)
  }
}

enum Base62 {
  static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

  static func digit(using generator: inout some RandomNumberGenerator) -> UInt8 {
    digits[Int.random(in: 0..<62, using: &generator)]
  }
}
