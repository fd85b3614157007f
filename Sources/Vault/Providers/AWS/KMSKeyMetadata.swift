import Bytes

/// What KMS says of a key.
struct KMSKeyMetadata {
  let signingAlgorithms: [String]
  /// Whether the key is one that can have several versions.
  let rotates: Bool
  private let key: KeyID
  private let state: KeyDescription.State
  private let created: Moment?
  private let destruction: Moment?

  init?(_ key: KeyID, _ metadata: JSONValue?) {
    guard let metadata, let state = metadata["KeyState"]?.string else { return nil }
    self.key = key
    // Every state but this one refuses cryptographic use: a key without material, or one of a replica that goes.
    self.state =
      switch state {
      case "Enabled": .enabled
      case "PendingDeletion", "PendingReplicaDeletion": .pendingDestruction
      default: .disabled
      }
    created = metadata["CreationDate"].flatMap(Moment.init(epochSeconds:))
    destruction = metadata["DeletionDate"].flatMap(Moment.init(epochSeconds:))
    signingAlgorithms = metadata["SigningAlgorithms"]?.array?.compactMap(\.string) ?? []
    rotates = metadata["KeyUsage"]?.string == "ENCRYPT_DECRYPT" && metadata["KeySpec"]?.string == "SYMMETRIC_DEFAULT"
  }

  /// Throws unless the key may be used.
  func checkUse() throws(VaultError) {
    guard state == .enabled else { throw VaultError(.keyDisabled, key: key) }
  }

  func description(version: UInt32, rotated: Moment?) -> KeyDescription {
    KeyDescription(
      key: key, state: state, version: version, created: created, rotated: rotated,
      destruction: state == .pendingDestruction ? destruction : nil)
  }
}

extension Moment {
  /// The moment that a number of seconds since 1970 names, with a fraction or without.
  init?(epochSeconds value: JSONValue) {
    guard case .number(let text) = value, let seconds = Double(text), seconds.isFinite, abs(seconds) < 1e12 else {
      return nil
    }
    self.init(milliseconds: Int64(seconds * 1000))
  }
}
