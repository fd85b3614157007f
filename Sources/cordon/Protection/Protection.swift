/// What kind of content a place holds or carries.
enum ProtectedClass: String, CaseIterable {
  /// Text and numbers in which people can be recognised.
  case phi
  /// Text whose identifiers were replaced.
  case deidentified
  /// Keys of the vault and of certificates.
  case keys
  /// What callers and the gateway show who they are with.
  case credentials
  /// Who did what when, without PHI.
  case metadata
}

/// What happens to it there.
enum ProtectedOperation: String, CaseIterable {
  case atRest = "at_rest"
  case inTransit = "in_transit"
  case toVendor = "to_vendor"
  case inUse = "in_use"
}

/// What protects it.
enum Mechanism: String, CaseIterable {
  /// AES-256-GCM under a key of the vault.
  case aes256GCM = "aes-256-gcm"
  /// AES key wrap (RFC 3394) under another key of the vault.
  case keyWrap = "aes-key-wrap"
  /// A file sealed under a passphrase by Argon2id.
  case sealedFile = "argon2id-file"
  /// A token behind PKCS#11.
  case hardware = "pkcs11-token"
  /// A key service outside this machine.
  case keyService = "key-service"
  /// The age format.
  case age
  /// HMAC-SHA256 of it in its place.
  case keyedHash = "keyed-hash"
  /// A signed Merkle tree: it can be read, but not changed.
  case signature
  /// TLS 1.2 or 1.3.
  case tls
  /// Addresses of this machine only.
  case loopback
  /// The memory of the gateway's process.
  case process
  /// Identifiers are replaced before.
  case deidentification = "de-identification"
  /// Nobody but the owner of the file may read it.
  case fileMode = "owner-only-file"
  /// The environment of the process.
  case environment
  /// Computing with ciphertexts, `cordon compute`.
  case encryptedComputation = "encrypted-computation"
}

/// One place in which content lies, passes or is worked with, and what protects it there.
struct ProtectedPlace {
  let content: ProtectedClass
  let operation: ProtectedOperation
  let place: String
  let mechanisms: Set<Mechanism>
  /// Where in the configuration that is decided; empty where it cannot be decided otherwise.
  let source: String

  init(
    _ content: ProtectedClass, _ operation: ProtectedOperation, _ place: String, _ mechanisms: Set<Mechanism>,
    source: String = ""
  ) {
    self.content = content
    self.operation = operation
    self.place = place
    self.mechanisms = mechanisms
    self.source = source
  }

  /// The mechanisms in words.
  var protection: String {
    mechanisms.isEmpty ? "none" : mechanisms.map(\.rawValue).sorted().joined(separator: " + ")
  }
}
