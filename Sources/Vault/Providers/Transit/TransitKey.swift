import Bytes

/// What the engine says of a key.
struct TransitKey {
  let key: KeyID
  /// Whether the server derives a key of its own for each context.
  let isDerived: Bool
  /// The oldest version that still unwraps.
  let firstVersion: UInt32
  /// What it signs with; nil when it signs nothing that Cordon reads.
  let signatures: KeySignature.Algorithm?
  /// The public half of the newest version, when it is an Ed25519 key.
  let publicKey: [UInt8]?
  private let isSoftlyDeleted: Bool
  private let version: UInt32
  private let created: Moment?
  private let rotated: Moment?

  init?(_ key: KeyID, _ data: JSONValue?) {
    guard let data, let latest = data["latest_version"]?.integer, let version = UInt32(exactly: latest), version > 0
    else { return nil }
    self.key = key
    self.version = version
    isDerived = data["derived"]?.bool ?? false
    firstVersion = UInt32(clamping: data["min_decryption_version"]?.integer ?? 1)
    isSoftlyDeleted = data["soft_deleted"]?.bool ?? false
    signatures =
      switch data["type"]?.string {
      case "ed25519" where !isDerived: .ed25519
      case "ecdsa-p256": .ecdsaP256
      default: nil
      }
    let newest = data["keys"]?["\(version)"]
    publicKey = signatures == .ed25519 ? newest?["public_key"]?.string.flatMap { Base64.decode($0) } : nil
    // The times of keys that sign are texts, which nothing here needs.
    created = data["keys"]?["1"].flatMap(Moment.init(epochSeconds:))
    rotated = version > 1 ? newest.flatMap(Moment.init(epochSeconds:)) : nil
  }

  var description: KeyDescription {
    KeyDescription(
      key: key, state: isSoftlyDeleted ? .disabled : .enabled, version: version, created: created, rotated: rotated)
  }

  /// Throws when the key may not be used.
  func checkUse() throws(VaultError) {
    if isSoftlyDeleted { throw VaultError(.keyDisabled, key: key) }
  }
}

/// What the engine gives for a wrapped key, and how its context is bound.
///
/// The bytes of the wrapped key are `derived:` or `associated:` and the engine's own text, `vault:v<version>:<base64>`.
struct TransitCiphertext {
  /// How the context is bound.
  enum Binding: String, CaseIterable {
    case derived
    case associated
  }

  let binding: Binding
  let ciphertext: String
  let version: UInt32

  init(_ wrapped: WrappedKey) throws(VaultError) {
    let text = String(decoding: wrapped.bytes, as: UTF8.self)
    guard wrapped.provider == .transit, wrapped.bytes.count <= 1 << 14,
      let binding = Binding.allCases.first(where: { text.hasPrefix("\($0.rawValue):") })
    else { throw VaultError(.malformed, key: wrapped.key) }
    let ciphertext = String(text.dropFirst(binding.rawValue.count + 1))
    guard let version = Self.version(of: ciphertext), version == wrapped.version else {
      throw VaultError(.malformed, key: wrapped.key)
    }
    self.binding = binding
    self.ciphertext = ciphertext
    self.version = version
  }

  static func wrapped(_ binding: Binding, _ ciphertext: String, _ key: KeyID) -> WrappedKey? {
    guard let version = version(of: ciphertext) else { return nil }
    return WrappedKey(
      provider: .transit, key: key, version: version, bytes: Array("\(binding.rawValue):\(ciphertext)".utf8))
  }

  private static func version(of text: String) -> UInt32? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "vault", parts[1].hasPrefix("v"), Base64.decode(String(parts[2])) != nil else {
      return nil
    }
    return UInt32(parts[1].dropFirst())
  }
}

extension TransitCiphertext {
  /// The bytes of a signature that the engine gave as text.
  static func bytes(ofSignature text: String) -> [UInt8]? {
    version(of: text).flatMap { _ in text.split(separator: ":").last.flatMap { Base64.decode(String($0)) } }
  }
}
