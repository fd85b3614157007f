import Ledger

/// What two peers agreed on in a TLS handshake.
package struct TLSSession: Hashable, Sendable {
  /// The version of the protocol.
  package let version: Version
  /// The cipher suite; nil where the library does not say it.
  package let suite: CipherSuite?

  /// What was agreed.
  package init(version: Version, suite: CipherSuite?) {
    self.version = version
    self.suite = suite
  }

  /// A version of TLS that is spoken at all (NIST SP 800-52r2, section 3.1).
  package enum Version: String, Hashable, Sendable {
    case tls12 = "TLSv1.2"
    case tls13 = "TLSv1.3"

    /// The version with this number on the wire; nil for those that are refused.
    package init?(number: UInt16) {
      switch number {
      case 0x0303: self = .tls12
      case 0x0304: self = .tls13
      default: return nil
      }
    }
  }

  /// How the log names it, such as `TLSv1.3/TLS_AES_256_GCM_SHA384`.
  var recorded: ConfiguredName? { ConfiguredName("\(version.rawValue)/\(suite?.description ?? "unsaid")") }
}

/// A cipher suite, by its number in the registry of IANA.
package struct CipherSuite: Hashable, Sendable {
  /// The number.
  package let number: UInt16

  /// The suite with this number.
  package init(number: UInt16) { self.number = number }

  /// The suites that the gateway agrees to; what is refused has no name here.
  ///
  /// All of them have forward secrecy and authenticated encryption. Those with ChaCha20-Poly1305 are not approved.
  private static let known: [UInt16: (name: String, isApproved: Bool)] = [
    0x1301: ("TLS_AES_128_GCM_SHA256", true),
    0x1302: ("TLS_AES_256_GCM_SHA384", true),
    0x1303: ("TLS_CHACHA20_POLY1305_SHA256", false),
    0xC02B: ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", true),
    0xC02C: ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", true),
    0xC02F: ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", true),
    0xC030: ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", true),
    0xCCA8: ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", false),
    0xCCA9: ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", false),
  ]

  /// Whether the gateway agrees to it.
  package var isPinned: Bool { Self.known[number] != nil }

  /// Whether it is made of approved algorithms only (NIST SP 800-52r2, section 3.3.1).
  package var isApproved: Bool { Self.known[number]?.isApproved ?? false }
}

extension CipherSuite: CustomStringConvertible {
  package var description: String { Self.known[number]?.name ?? "0x" + String(number, radix: 16) }
}
