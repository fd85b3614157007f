/// Why records of the log did not reach another system; it names the place as the configuration does, and no record.
package struct DeliveryFailure: Error, Hashable, Sendable {
  /// What is in the way.
  package enum Code: Hashable, Sendable {
    /// Nobody answers at the receiver's address.
    case unreachable
    /// The connection ended before all was sent; over TLS perhaps because one side does not trust the other.
    case broken(overTLS: Bool)
    /// The receiver did not end the connection in order, so that it is not known what it took.
    case unconfirmed
    /// A file of certificates holds none.
    case noCertificate
    /// A file of a private key holds none, or not that of the certificate.
    case noPrivateKey
  }

  /// What is in the way.
  package let code: Code
  /// The receiver, or the file.
  package let place: String

  init(_ code: Code, _ place: String) {
    self.code = code
    self.place = place
  }
}

extension DeliveryFailure: CustomStringConvertible {
  /// The failure in words.
  package var description: String {
    switch code {
    case .unreachable: "cannot connect to `\(place)`"
    case .broken(let overTLS):
      // A write that waits for the handshake fails as one on a closed connection does: which of the two it was is lost.
      "the connection to `\(place)` broke while records were sent"
        + (overTLS ? ", or one side does not trust the other's certificate" : "")
    case .unconfirmed: "`\(place)` did not end the connection in order: what it took is not known"
    case .noCertificate: "`\(place)` holds no certificate"
    case .noPrivateKey: "`\(place)` holds no private key, or not that of the certificate"
    }
  }
}
