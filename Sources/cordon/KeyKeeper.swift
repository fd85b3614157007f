import Gateway
import Glibc
import Vault

/// The provider of a root key, with the connections that it needs.
struct KeyKeeper {
  let provider: any KeyProvider
  private let carrier: KeyServiceCarrier?

  /// Opens a provider; `keys` is the folder of the key file, for the local one.
  init(_ settings: VaultSettings.Provider, keys: String, seconds: Int = 10) throws {
    switch settings {
    case .local(let passphrase):
      provider = try LocalProvider(folder: keys, passphrase: passphrase?.passphrase ?? VaultOptions.source(nil))
      carrier = nil
    case .pkcs11(let token):
      provider = try PKCS11Provider(
        .init(module: token.module, label: token.label, serial: token.serial),
        pin: token.pin.passphrase.passphrase())
      carrier = nil
    case .transit(let transit):
      let carrier = try KeyServiceCarrier(seconds: seconds, authorities: transit.authorities)
      self.carrier = carrier
      provider = try TransitProvider(
        .init(
          addresses: transit.addresses, path: transit.mount, namespace: transit.namespace,
          deletesSoftly: transit.deletesSoftly),
        token: { () throws(VaultError) in TransitToken(try transit.token.passphrase.passphrase()) },
        transport: carrier.transport)
    case .awsKMS(let region):
      let carrier = try KeyServiceCarrier(seconds: seconds, authorities: region.authorities)
      self.carrier = carrier
      provider = try AWSKMSProvider(
        .init(region.name, endpoint: region.endpoint, checksState: region.checksState),
        credentials: { () throws(VaultError) in try KeyKeeper.credentials(region) }, transport: carrier.transport)
    }
  }

  /// Closes the connections; nothing may be under way.
  func close() async { await carrier?.close() }

  private static func credentials(_ region: VaultSettings.Region) throws(VaultError) -> AWSCredentials {
    let found: AWSCredentials?
    if let path = region.credentials {
      found = TextFile.contents(of: path).flatMap {
        AWSCredentials(file: String(decoding: $0, as: UTF8.self), profile: region.profile)
      }
    } else {
      var environment: [String: String] = [:]
      for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
        environment[name] = unsafe getenv(name).map { unsafe String(cString: $0) }
      }
      found = AWSCredentials(environment: environment)
    }
    guard let found else { throw VaultError(.noPassphrase) }
    return found
  }
}

extension SecretSource {
  /// Where the vault reads the secret each time that it needs it.
  var passphrase: PassphraseSource {
    switch self {
    case .file(let path): .file(path)
    case .environment(let name):
      PassphraseSource { () throws(VaultError) in
        // A changed key file may have to be opened again.
        guard let secret = try HeldSecret.variable(name) else { throw VaultError(.noPassphrase) }
        return secret
      }
    }
  }
}
