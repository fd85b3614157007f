/// The library that computes everything in this process, as evidence and a start in FIPS mode name it.
package enum CryptographicModule {
  /// The library, with the one that it carries inside.
  package static let name = "swift-crypto (BoringSSL)"
  /// Its version, as `Package.resolved` has it.
  package static let version = "4.5.2"
  /// The number of its certificate of NIST's Cryptographic Module Validation Program: it has none.
  ///
  /// BoringCrypto, a part of BoringSSL, was validated in certain versions and builds. What swift-crypto carries is none
  /// of those builds, and no certificate covers it.
  package static let certificate: Int? = nil
}
