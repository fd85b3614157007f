import ArgumentParser
import Gateway

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

  /// The provider that the options describe.
  var settings: VaultSettings.Provider {
    let secret = SecretSource.file(secretFile ?? "")
    switch provider {
    case .local: return .local(passphrase: secret)
    case .pkcs11: return .pkcs11(.init(module: module ?? "", label: tokenLabel, serial: tokenSerial, pin: secret))
    case .transit:
      return .transit(
        .init(
          addresses: address, mount: mount, namespace: namespace, token: secret, deletesSoftly: softDeletes,
          authorities: authorities))
    case .awsKMS:
      return .awsKMS(
        .init(
          name: region ?? "", endpoint: endpoint, credentials: credentials, profile: profile, checksState: checkState,
          authorities: authorities))
    }
  }
}
