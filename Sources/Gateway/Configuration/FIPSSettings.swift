import Ciphers
import Ledger

/// Whether only approved algorithms may be used, and which validated module keeps the keys (FIPS 140-3).
package struct FIPSSettings: Hashable, Sendable {
  /// Whether Cordon refuses to start unless everything that protects data is approved.
  package var isRequired = false
  /// The validated module that keeps the root key, in the words of the site: nothing here can check a certificate.
  package var module: ValidatedModule?

  /// Approved and other algorithms.
  package init() {}
}

/// A cryptographic module that was validated, as its certificate names it.
package struct ValidatedModule: Hashable, Sendable {
  /// The module's name.
  package var name: String
  /// Its version.
  package var version: String
  /// The number of the certificate of NIST's Cryptographic Module Validation Program.
  package var certificate: Int
}

extension FIPSSettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    let members = try node.members("required", "module")
    isRequired = try members["required"]?.boolean() ?? false
    module = try members["module"].map(ValidatedModule.init)
  }
}

extension ValidatedModule {
  fileprivate init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("name", "version", "certificate")
    name = try members.required("name").text()
    version = try members.required("version").text()
    certificate = try members.required("certificate").integer(in: 1...999_999)
  }
}

extension Configuration {
  /// Why a gateway of this configuration may not call what it does approved; empty when nothing speaks against it.
  ///
  /// Cordon's own module is not validated and can never be the reason to start: the keys must be kept by one that is.
  package var unapproved: [String] {
    guard fips.isRequired else { return [] }
    var reasons: [String] = []
    if case .local = vault.provider {
      reasons.append("the root key is in a file sealed by Argon2id, which is not approved (`vault.provider`)")
    }
    if fips.module == nil {
      reasons.append("no validated module is named that keeps the root key (`fips.module`)")
    }
    return reasons
  }
}

extension FIPSSettings {
  /// How the log names the modules: Cordon's own, which has no certificate, and the one that keeps the keys.
  var tested: [ConfiguredName] {
    let own = "own:\(CryptographicModule.name)/\(CryptographicModule.version)/no-certificate"
    let keys = module.map { "keys:\($0.name)/\($0.version)/cmvp-\($0.certificate)" }
    return [own, keys].compactMap(\.self).compactMap { ConfiguredName(Self.plain($0)) }
  }

  private static func plain(_ text: String) -> String {
    String(text.prefix(128).map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-:/".contains($0)) ? $0 : "-" })
  }
}
