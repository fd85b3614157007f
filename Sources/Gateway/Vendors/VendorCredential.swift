package import Vault

/// What a vendor knows the organisation by, which no description shows.
package struct VendorCredential: Sendable, CustomStringConvertible, CustomReflectable {
  private let secret: Secret

  private enum Secret {
    case key(String)
    case accessKey(AWSCredentials)
  }

  /// An API key.
  package init(key: String) { secret = .key(key) }

  /// An access key of AWS, by which requests are signed.
  package init(accessKey: AWSCredentials) { secret = .accessKey(accessKey) }

  /// The access key; nil for an API key.
  var accessKey: AWSCredentials? { if case .accessKey(let key) = secret { key } else { nil } }

  /// The header that most servers take an API key in (RFC 6750, 2.1).
  var bearer: [(String, String)] { header("authorization", "Bearer ") }

  /// An API key in the header of this name.
  func header(_ name: String, _ prefix: String = "") -> [(String, String)] {
    if case .key(let key) = secret { [(name, prefix + key)] } else { [] }
  }

  /// What of it goes over the wire as it is; nil where nothing does.
  var sent: String? {
    switch secret {
    case .key(let key): key
    case .accessKey(let key): key.sessionToken
    }
  }

  package var description: String { "a credential" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A way to somebody who is sent a credential.
package protocol CredentialHolder: Sendable {
  /// What is sent; nil where nothing is.
  var credential: VendorCredential? { get }
}

extension CredentialHolder {
  package var credential: VendorCredential? { nil }
}
