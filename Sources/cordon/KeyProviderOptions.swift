import ArgumentParser
import Bytes
import Ciphers
import Glibc
import Vault

/// Which key provider a command talks to, and how.
struct KeyProviderOptions: ParsableArguments {
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case local, pkcs11, transit
    case awsKMS = "aws-kms"
  }

  @Option(help: "The provider.")
  var provider: Kind

  @Option(
    help: ArgumentHelp(
      "A file with the secret to open it: the passphrase (local), the PIN (pkcs11) or the token (transit).",
      valueName: "file"))
  var secretFile: String?

  @Option(help: ArgumentHelp("local: the folder with the key file.", valueName: "folder"))
  var keyFolder: String?

  @Option(help: ArgumentHelp("pkcs11: the module, a shared library.", valueName: "file"))
  var module: String?

  @Option(help: ArgumentHelp("pkcs11: the label of the token.", valueName: "label"))
  var tokenLabel = ""

  @Option(help: ArgumentHelp("pkcs11: the serial number of the token.", valueName: "serial"))
  var tokenSerial = ""

  @Option(help: ArgumentHelp("transit: an address of the server; give it once for each server.", valueName: "url"))
  var address: [String] = []

  @Option(help: ArgumentHelp("transit: where the engine is mounted.", valueName: "path"))
  var mount = "transit"

  @Option(help: "transit: the namespace of the engine.")
  var namespace: String?

  @Flag(help: "transit: the server can delete keys softly (OpenBao).")
  var softDeletes = false

  @Option(help: "aws-kms: the region.")
  var region: String?

  @Option(help: ArgumentHelp("aws-kms: another address than the region's.", valueName: "url"))
  var endpoint: String?

  @Option(
    help: ArgumentHelp(
      "aws-kms: a credentials file; without it the environment has the credentials.", valueName: "file"))
  var credentials: String?

  @Option(help: ArgumentHelp("aws-kms: the profile in the credentials file.", valueName: "name"))
  var profile = "default"

  @Flag(help: "aws-kms: ask for a key's state before each use, for a server that would use a disabled key.")
  var checkState = false

  @Option(help: ArgumentHelp("A file of certificates (PEM) to trust instead of the system's.", valueName: "file"))
  var authorities: String?

  @Option(help: ArgumentHelp("How long to wait for each answer.", valueName: "seconds"))
  var timeout = 10

  func validate() throws {
    guard (1...300).contains(timeout) else { throw ValidationError("`--timeout` is from 1 to 300 seconds") }
    switch provider {
    case .local:
      guard keyFolder != nil, secretFile != nil else {
        throw ValidationError("a local provider needs `--key-folder` and `--secret-file`")
      }
    case .pkcs11:
      guard module != nil, secretFile != nil, !(tokenLabel.isEmpty && tokenSerial.isEmpty) else {
        throw ValidationError("a token needs `--module`, `--secret-file` and `--token-label` or `--token-serial`")
      }
    case .transit:
      guard !address.isEmpty, secretFile != nil else {
        throw ValidationError("a transit engine needs `--address` and `--secret-file`")
      }
    case .awsKMS:
      guard region != nil else { throw ValidationError("AWS KMS needs `--region`") }
    }
  }

  /// The provider, which reaches a service by `transport`.
  func open(_ transport: @escaping KeyServiceTransport) throws(VaultError) -> any KeyProvider {
    let secretFile = secretFile ?? ""
    switch provider {
    case .local: return try LocalProvider(folder: keyFolder ?? "", passphrase: .file(secretFile))
    case .pkcs11:
      return try PKCS11Provider(
        .init(module: module ?? "", label: tokenLabel, serial: tokenSerial),
        pin: PassphraseSource.file(secretFile).passphrase())
    case .transit:
      return try TransitProvider(
        .init(addresses: address, path: mount, namespace: namespace, deletesSoftly: softDeletes),
        token: { () throws(VaultError) in TransitToken(try PassphraseSource.file(secretFile).passphrase()) },
        transport: transport)
    case .awsKMS:
      let (path, profile) = (credentials, profile)
      return try AWSKMSProvider(
        .init(region ?? "", endpoint: endpoint, checksState: checkState),
        credentials: { () throws(VaultError) in try Self.awsCredentials(path, profile) }, transport: transport)
    }
  }

  private static func awsCredentials(_ path: String?, _ profile: String) throws(VaultError) -> AWSCredentials {
    let found: AWSCredentials?
    if let path {
      found = TextFile.contents(of: path).flatMap {
        AWSCredentials(file: String(decoding: $0, as: UTF8.self), profile: profile)
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
