import NIOSSL

/// Whom the two sides of a syslog connection over TLS trust, as files in PEM.
package struct SyslogTrust: Hashable, Sendable {
  /// The certificates that the receiver's is checked with; nil for those that the system trusts.
  package let authorities: String?
  /// The certificate that is shown to the receiver, with its key; nil to show none.
  package let credentials: Configuration.CertificateFiles?

  /// The trust that these files say.
  package init(authorities: String? = nil, certificate: String? = nil, privateKey: String? = nil) {
    self.authorities = authorities
    credentials =
      if let certificate, let privateKey {
        Configuration.CertificateFiles(chain: certificate, privateKey: privateKey)
      } else {
        nil
      }
  }

  /// The context of a connection, from the files as they are now: certificates are renewed while a gateway runs.
  func context() throws(DeliveryFailure) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.shutdownTimeout = SyslogSender.endingTime
    if let authorities { configuration.trustRoots = .certificates(try SyslogTrust.certificates(authorities)) }
    if let credentials {
      configuration.certificateChain = try SyslogTrust.certificates(credentials.chain).map { .certificate($0) }
      guard let key = try? NIOSSLPrivateKey(file: credentials.privateKey, format: .pem) else {
        throw DeliveryFailure(.noPrivateKey, credentials.privateKey)
      }
      configuration.privateKey = .privateKey(key)
    }
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw DeliveryFailure(.noPrivateKey, credentials?.privateKey ?? "")
    }
  }

  private static func certificates(_ path: String) throws(DeliveryFailure) -> [NIOSSLCertificate] {
    guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
      throw DeliveryFailure(.noCertificate, path)
    }
    return certificates
  }
}
