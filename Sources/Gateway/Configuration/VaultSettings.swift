package import Vault

/// Who keeps the root key of the vault, and how long keys may be held in memory.
package struct VaultSettings: Hashable, Sendable {
  /// Where the root key is.
  package var provider = Provider.local(passphrase: nil)
  /// The name of the root key with its provider: a label, a path or an ARN.
  package var key = KeyID.root
  /// How many seconds an unwrapped key is kept.
  package var cacheSeconds = 60
  /// How many new patients and members of the workforce one caller may bring in a day.
  package var newSubjectsPerDay = 10_000
  /// How many days a key may be used before it has to be rotated (NIST SP 800-57 Part 1, section 5.3.6).
  package var rotateDays = 365

  /// The usual settings: a key file in the data directory, sealed by a passphrase.
  package init() {}

  /// A keeper of root keys.
  package enum Provider: Hashable, Sendable {
    /// The file `keys/vault.key` of the data directory; without a source, its passphrase is the systemd credential
    /// `vault-passphrase` or the variable `CORDON_VAULT_PASSPHRASE`.
    case local(passphrase: SecretSource?)
    /// A token behind PKCS#11.
    case pkcs11(Token)
    /// The transit engine of Vault or OpenBao.
    case transit(Transit)
    /// AWS Key Management Service.
    case awsKMS(Region)
  }

  /// A token behind PKCS#11.
  package struct Token: Hashable, Sendable {
    /// The path of the module.
    package var module: String
    /// The label of the token; empty when the serial number says it.
    package var label: String
    /// The serial number of the token; empty when the label says it.
    package var serial: String
    /// Its user's PIN.
    package var pin: SecretSource

    /// A token.
    package init(module: String, label: String, serial: String, pin: SecretSource) {
      self.module = module
      self.label = label
      self.serial = serial
      self.pin = pin
    }
  }

  /// A transit engine.
  package struct Transit: Hashable, Sendable {
    /// The servers, the first that answers is taken.
    package var addresses: [String]
    /// Where the engine is mounted.
    package var mount: String
    /// The namespace, of servers that have them.
    package var namespace: String?
    /// The token of this process.
    package var token: SecretSource
    /// Whether the servers can delete keys softly, as OpenBao's can.
    package var deletesSoftly: Bool
    /// The file with the certificates of the servers' authorities, if the system's are not meant.
    package var authorities: String?

    /// An engine.
    package init(
      addresses: [String], mount: String, namespace: String?, token: SecretSource, deletesSoftly: Bool,
      authorities: String?
    ) {
      self.addresses = addresses
      self.mount = mount
      self.namespace = namespace
      self.token = token
      self.deletesSoftly = deletesSoftly
      self.authorities = authorities
    }
  }

  /// A region of AWS.
  package struct Region: Hashable, Sendable {
    /// The region, such as `us-east-1`.
    package var name: String
    /// The service's address, if it is not the region's own.
    package var endpoint: String?
    /// The file with the access key; the environment's unless given.
    package var credentials: String?
    /// The profile in that file.
    package var profile: String
    /// Whether a key's state is asked for before each use.
    package var checksState: Bool
    /// The file with the certificates of the service's authorities, if the system's are not meant.
    package var authorities: String?

    /// A region.
    package init(
      name: String, endpoint: String?, credentials: String?, profile: String, checksState: Bool, authorities: String?
    ) {
      self.name = name
      self.endpoint = endpoint
      self.credentials = credentials
      self.profile = profile
      self.checksState = checksState
      self.authorities = authorities
    }
  }
}

extension VaultSettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members(
      "provider", "key", "passphrase", "cache_seconds", "new_subjects_per_day", "rotate_days", "pkcs11", "transit",
      "aws_kms")
    if let named = members["key"] {
      guard let key = KeyID(try named.text()) else { throw named.error(.wrongForm(expected: "the name of a key")) }
      self.key = key
    }
    if let seconds = members["cache_seconds"] { cacheSeconds = try seconds.integer(in: 0...3_600) }
    if let number = members["new_subjects_per_day"] { newSubjectsPerDay = try number.integer(in: 1...10_000_000) }
    if let days = members["rotate_days"] { rotateDays = try days.integer(in: 1...3_650) }
    let name = try members["provider"]?.text() ?? "local"
    for other in ["pkcs11", "transit", "aws_kms"] where other != name.split(separator: "-").joined(separator: "_") {
      if let extra = members[other] {
        throw extra.error(.wrongForm(expected: "left out: the provider is `\(name)`"))
      }
    }
    switch name {
    case "local":
      if let passphrase = members["passphrase"] { provider = .local(passphrase: try SecretSource(passphrase)) }
    case "pkcs11": provider = .pkcs11(try Token(members.required("pkcs11")))
    case "transit": provider = .transit(try Transit(members.required("transit")))
    case "aws-kms": provider = .awsKMS(try Region(members.required("aws_kms")))
    default:
      throw (members["provider"] ?? node).error(.wrongForm(expected: "`local`, `pkcs11`, `transit` or `aws-kms`"))
    }
    if name != "local", let passphrase = members["passphrase"] {
      throw passphrase.error(.wrongForm(expected: "left out: the provider is `\(name)`"))
    }
  }
}

extension VaultSettings.Token {
  fileprivate init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("module", "token", "serial", "pin")
    self.init(
      module: try members.required("module").text(), label: try members["token"]?.text() ?? "",
      serial: try members["serial"]?.text() ?? "", pin: try SecretSource(members.required("pin")))
    if label.isEmpty, serial.isEmpty { _ = try members.required("token") }
  }
}

extension VaultSettings.Transit {
  fileprivate init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("addresses", "mount", "namespace", "token", "soft_deletes", "authorities")
    let named = try members.required("addresses")
    var addresses: [String] = []
    for element in try named.elements() { addresses.append(try element.serviceAddress()) }
    guard !addresses.isEmpty else { throw named.error(.wrongForm(expected: "at least one address")) }
    self.init(
      addresses: addresses, mount: try members["mount"]?.text() ?? "transit",
      namespace: try members["namespace"]?.text(), token: try SecretSource(members.required("token")),
      deletesSoftly: try members["soft_deletes"]?.boolean() ?? false,
      authorities: try members["authorities"]?.text())
  }
}

extension VaultSettings.Region {
  fileprivate init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("region", "endpoint", "credentials", "profile", "check_state", "authorities")
    self.init(
      name: try members.required("region").text(), endpoint: try members["endpoint"]?.serviceAddress(),
      credentials: try members["credentials"]?.text(), profile: try members["profile"]?.text() ?? "default",
      checksState: try members["check_state"]?.boolean() ?? false,
      authorities: try members["authorities"]?.text())
  }
}

extension ConfigurationNode {
  /// The address of a key service: secrets go there, so that plain http stays on this machine.
  fileprivate func serviceAddress() throws(ConfigurationError) -> String {
    let address = try text()
    guard address.hasPrefix("https://") || VendorAddress.isLoopback(address) else {
      throw error(.wrongForm(expected: "an https address: only 127.0.0.1, [::1] and localhost may do without"))
    }
    return address
  }
}
