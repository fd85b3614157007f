package import NIOSSL

/// What TLS the gateway speaks, on both sides (NIST SP 800-52r2).
package enum TLSSettings {
  private static let approved: [NIOTLSCipher] = [
    .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
  ]
  private static let others: [NIOTLSCipher] = [
    .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
  ]

  /// Pins versions, suites and curves of the listener.
  static func pin(_ configuration: inout TLSConfiguration, onlyApproved: Bool) {
    configuration.minimumTLSVersion = .tlsv12
    configuration.cipherSuiteValues = onlyApproved ? approved : approved + others
    if onlyApproved { configuration.curves = [.secp256r1, .secp384r1] }
  }

  /// The configuration for connections to vendors.
  ///
  /// Where only approved algorithms may be used it stays with TLS 1.2: which suite of TLS 1.3 a vendor chose can neither be
  /// configured nor seen through the HTTP client.
  package static func toVendors(onlyApproved: Bool) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    pin(&configuration, onlyApproved: onlyApproved)
    if onlyApproved { configuration.maximumTLSVersion = .tlsv12 }
    return configuration
  }
}
