import Bytes

/// The name of a key with its provider: a label, a path or an ARN.
///
/// 1 to 256 visible ASCII characters without quotation marks, backslashes or commas, so that it stands unescaped in a
/// log entry and in a wrapped key.
package struct KeyID: Hashable, Sendable, LosslessStringConvertible {
  /// The name.
  package let description: String

  /// The name, when it is one.
  package init?(_ text: String) {
    guard
      (1...256).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x27 && $0 != 0x5C && $0 != 0x2C })
    else { return nil }
    description = text
  }

  init(known text: StaticString) { description = text.description }
}

/// The name of a provider: 1 to 32 lower-case letters, digits and hyphens.
package struct ProviderName: Hashable, Sendable, LosslessStringConvertible {
  /// The name.
  package let description: String

  /// The name, when it is one.
  package init?(_ text: String) {
    guard
      (1...32).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x61...0x7A).contains($0) || ASCII.isDigit($0) || $0 == 0x2D })
    else { return nil }
    description = text
  }

  private init(known text: String) { description = text }

  /// The key file sealed by a passphrase.
  package static let local = ProviderName(known: "local")
  /// A token behind PKCS#11.
  package static let pkcs11 = ProviderName(known: "pkcs11")
  /// The transit engine of Vault or OpenBao.
  package static let transit = ProviderName(known: "transit")
  /// AWS Key Management Service.
  package static let awsKMS = ProviderName(known: "aws-kms")
}
