import Bytes

/// A key as it may be stored: sealed under a key that a provider keeps.
///
/// As text: `cordon-key:1:<provider>:<version>:<key id in base64url>:<bytes in base64url>`.
package struct WrappedKey: Hashable, Sendable {
  private static let longest = 1 << 16

  /// Who can unwrap it.
  package let provider: ProviderName
  /// Under which of its keys it is wrapped.
  package let key: KeyID
  /// Under which version of that key; 0 when only the bytes say so.
  package let version: UInt32
  /// What the provider needs to unwrap it.
  package let bytes: [UInt8]

  /// A key wrapped by `provider` under this version of `key`.
  package init(provider: ProviderName, key: KeyID, version: UInt32, bytes: [UInt8]) {
    self.provider = provider
    self.key = key
    self.version = version
    self.bytes = bytes
  }
}

extension WrappedKey: LosslessStringConvertible {
  /// The wrapped key as text.
  package var description: String {
    "cordon-key:1:\(provider):\(version):\(Base64URL.encode(Array(key.description.utf8))):\(Base64URL.encode(bytes))"
  }

  /// The wrapped key that the text is; nil for any other text.
  package init?(_ text: String) {
    guard text.utf8.count <= WrappedKey.longest else { return nil }
    let fields = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 6, fields[0] == "cordon-key", fields[1] == "1", let provider = ProviderName(fields[2]),
      let version = UInt32(fields[3]), let name = Base64URL.decode(fields[4]), let bytes = Base64URL.decode(fields[5]),
      let key = KeyID(String(decoding: name, as: UTF8.self))
    else { return nil }
    self.init(provider: provider, key: key, version: version, bytes: bytes)
    // One wrapped key has one text.
    guard description == text else { return nil }
  }
}
