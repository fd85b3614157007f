import Bytes
package import Ciphers
import Synchronization

/// The default provider: root keys in a file that a passphrase opens.
///
/// A root key is made here, lies sealed in `vault.key` and is used inside this type; nothing returns it. The passphrase
/// is wiped as soon as the file is open; the key that it gave stays, so that a changed file (rotated by another process)
/// can be read again. Who has the file and the passphrase has every key.
package final class LocalProvider: KeyProvider {
  private struct Opened: ~Copyable {
    var keys: RootKeys
    var file: SealedFile
    var sealing: WrappingKey
    var stamp: FileStamp?
    /// Uses of each key in this process beyond those that the file has set aside for it.
    var left: [KeyID: Int64] = [:]
  }

  static let fileName = "vault.key"
  static let kind = "vault-key"
  /// How many uses are set aside at a time; a crash loses them, and can never count too few.
  private static let stride: Int64 = 1 << 16

  package let name = ProviderName.local
  package let capabilities = KeyCapabilities(
    operations: Set(KeyCapabilities.Operation.allCases), bindsContext: true, keepsKeysApart: false,
    waitingDays: 1...365)

  private let folder: Folder
  private let passphrase: PassphraseSource
  private let clock: @Sendable () -> Moment
  private let opened: Mutex<Opened>

  /// Opens the key file in a folder.
  package init(
    folder path: String, passphrase: PassphraseSource, clock: @escaping @Sendable () -> Moment = Moment.now
  ) throws(VaultError) {
    let folder = Folder(path)
    let (stamp, text) = try LocalProvider.text(in: folder)
    let file = try SealedFile(text, kind: LocalProvider.kind)
    let sealing = try file.key(passphrase.passphrase())
    let keys = try LocalProvider.keys(in: file, sealing)
    self.folder = folder
    self.passphrase = passphrase
    self.clock = clock
    opened = Mutex(Opened(keys: keys, file: file, sealing: sealing, stamp: stamp))
  }

  /// Makes a key file with one root key; refused when there is one already.
  package static func create(
    folder path: String, root: KeyID = .root, passphrase: PassphraseSource,
    parameters: Argon2Parameters = .recommended, clock: @escaping @Sendable () -> Moment = Moment.now
  ) throws(VaultError) -> LocalProvider {
    let folder = Folder(path)
    try folder.create()
    try folder.alone(fileName) { () throws(VaultError) in
      guard try !folder.contains(fileName) else { throw VaultError(.exists) }
      var random = SystemRandomNumberGenerator()
      var keys = RootKeys()
      let now = clock()
      let secret = SecretBytes(count: 32, using: &random)
      keys[root] = RootKeys.Root(
        id: root, created: now, state: .enabled, destruction: nil, uses: 0,
        versions: [RootKeys.Version(number: 1, created: now, secret: secret)], newest: 1)
      var file = SealedFile(kind: kind, parameters: parameters, using: &random)
      let sealing = try file.key(passphrase.passphrase())
      try file.seal(keys.secret(), key: sealing, using: &random)
      try folder.replace(fileName, with: file.text)
    }
    return try LocalProvider(folder: path, passphrase: passphrase, clock: clock)
  }

  /// Seals the same root keys under another passphrase; the old file is overwritten.
  package func changePassphrase(
    to passphrase: PassphraseSource, parameters: Argon2Parameters = .recommended
  ) throws(VaultError) {
    try change { (opened: inout Opened) throws(VaultError) in
      var random = SystemRandomNumberGenerator()
      let file = SealedFile(kind: LocalProvider.kind, parameters: parameters, using: &random)
      opened.sealing = try file.key(passphrase.passphrase())
      opened.file = file
    }
  }

  package func describe(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    try use { (opened: inout Opened) throws(VaultError) in try LocalProvider.root(key, in: opened).description }
  }

  package func wrap(
    _ secret: borrowing SecretBytes, under key: KeyID, context: KeyContext
  ) async throws(VaultError) -> WrappedKey {
    try wrapNow(secret, under: key, context: context)
  }

  package func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(VaultError) -> SecretBytes {
    try unwrapNow(wrapped, context: context)
  }

  private func unwrapNow(_ wrapped: WrappedKey, context: KeyContext) throws(VaultError) -> SecretBytes {
    guard wrapped.provider == name else { throw VaultError(.unknownKey, key: wrapped.key) }
    let version = try use { (opened: inout Opened) throws(VaultError) in
      let root = try LocalProvider.usable(wrapped.key, in: opened)
      guard let version = root.versions.first(where: { $0.number == wrapped.version }) else {
        throw VaultError(.unknownKey, key: wrapped.key)
      }
      return version
    }
    let wrapping = try LocalProvider.wrapping(version)
    do throws(VaultError) {
      return try wrapping.unwrap(
        wrapped.bytes.span, context: LocalProvider.context(wrapped.key, version.number, context))
    } catch {
      throw VaultError(.notAuthentic, key: wrapped.key)
    }
  }

  package func sign(_ message: [UInt8], with key: KeyID) async throws(VaultError) -> KeySignature {
    try use { (opened: inout Opened) throws(VaultError) in
      let root = try LocalProvider.usable(key, in: opened)
      guard let version = root.versions.last else { throw VaultError(.keyDestroyed, key: key) }
      do throws(CipherError) {
        let signing = try SigningKey(seed: version.secret.derived(for: "cordon local root v1 ed25519"))
        return KeySignature(algorithm: .ed25519, bytes: try signing.sign(message.span).bytes)
      } catch {
        throw VaultError(.malformed, key: key)
      }
    }
  }

  package func rotate(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    let now = clock()
    return try changeRoot(key) { (root) throws(VaultError) in
      guard root.state == .enabled else { throw VaultError(.keyDisabled, key: key) }
      var random = SystemRandomNumberGenerator()
      root.newest += 1
      root.uses = 0
      root.versions.append(
        RootKeys.Version(number: root.newest, created: now, secret: SecretBytes(count: 32, using: &random)))
    }
  }

  package func disable(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    try changeRoot(key) { (root) throws(VaultError) in
      guard root.state == .enabled else { throw VaultError(.keyDisabled, key: key) }
      root.state = .disabled
    }
  }

  package func enable(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    try changeRoot(key) { (root) throws(VaultError) in
      guard root.state == .disabled else { throw VaultError(.keyDisabled, key: key) }
      root.state = .enabled
    }
  }

  package func scheduleDestruction(of key: KeyID, afterDays days: Int) async throws(VaultError) -> KeyDescription {
    guard let waiting = capabilities.waitingDays, waiting.contains(days) else {
      throw VaultError(.waiting(until: nil), key: key)
    }
    let due = clock().adding(days: Int64(days))
    return try changeRoot(key) { (root) throws(VaultError) in
      guard root.state == .enabled || root.state == .disabled else { throw VaultError(.keyDisabled, key: key) }
      root.state = .pendingDestruction
      root.destruction = due
    }
  }

  package func cancelDestruction(of key: KeyID) async throws(VaultError) -> KeyDescription {
    try changeRoot(key) { (root) throws(VaultError) in
      guard root.state == .pendingDestruction else { throw VaultError(.waiting(until: nil), key: key) }
      root.state = .disabled
      root.destruction = nil
    }
  }

  /// Destroys a key whose waiting period is over; by itself this provider destroys nothing.
  package func destroy(_ key: KeyID) throws(VaultError) -> KeyDescription {
    let now = clock()
    return try changeRoot(key) { (root) throws(VaultError) in
      guard root.state == .pendingDestruction, let due = root.destruction, due <= now else {
        throw VaultError(.waiting(until: root.destruction), key: key)
      }
      root.state = .destroyed
      root.versions = []
    }
  }

  /// Drops the versions of a key before `version`, once nothing is wrapped under them any more.
  package func retireVersions(of key: KeyID, before version: UInt32) throws(VaultError) -> KeyDescription {
    try changeRoot(key) { (root) throws(VaultError) in
      guard version <= root.newest else { throw VaultError(.unknownKey, key: key) }
      root.versions.removeAll { $0.number < version }
    }
  }
}

extension KeyID {
  /// The root key of an installation.
  package static let root = KeyID(known: "root")
}

extension LocalProvider {
  private func wrapNow(
    _ secret: borrowing SecretBytes, under key: KeyID, context: KeyContext
  ) throws(VaultError) -> WrappedKey {
    try setAsideUses(of: key)
    let version = try use { (opened: inout Opened) throws(VaultError) in
      let root = try LocalProvider.usable(key, in: opened)
      guard let version = root.versions.last, let left = opened.left[key], left > 0 else {
        throw VaultError(.usedUp, key: key)
      }
      opened.left[key] = left - 1
      return version
    }
    var random = SystemRandomNumberGenerator()
    let bytes = try LocalProvider.wrapping(version).wrap(
      secret, context: LocalProvider.context(key, version.number, context), using: &random)
    return WrappedKey(provider: name, key: key, version: version.number, bytes: bytes)
  }

  private func setAsideUses(of key: KeyID) throws(VaultError) {
    let enough = try use { (opened: inout Opened) throws(VaultError) in
      _ = try LocalProvider.usable(key, in: opened)
      return (opened.left[key] ?? 0) > 0
    }
    guard !enough else { return }
    try change { (opened: inout Opened) throws(VaultError) in
      var root = try LocalProvider.usable(key, in: opened)
      guard root.uses <= WrappingKey.mostUses - LocalProvider.stride else { throw VaultError(.usedUp, key: key) }
      root.uses += LocalProvider.stride
      opened.keys[key] = root
      opened.left[key] = LocalProvider.stride
    }
  }

  private func changeRoot(
    _ key: KeyID, _ body: (inout RootKeys.Root) throws(VaultError) -> Void
  ) throws(VaultError) -> KeyDescription {
    try change { (opened: inout Opened) throws(VaultError) in
      var root = try LocalProvider.root(key, in: opened)
      guard root.state != .destroyed else { throw VaultError(.keyDestroyed, key: key) }
      try body(&root)
      opened.keys[key] = root
      opened.left[key] = 0
      return root.description
    }
  }

  /// What `body` gives with the keys as the file has them now.
  private func use<Value: Sendable>(_ body: (inout Opened) throws(VaultError) -> Value) throws(VaultError) -> Value {
    try opened.withLock { (opened) throws(VaultError) in
      let stamp = try folder.stamp(of: LocalProvider.fileName)
      if stamp != opened.stamp {
        try folder.alone(LocalProvider.fileName) { () throws(VaultError) in try reload(&opened) }
      }
      return try body(&opened)
    }
  }

  /// What `body` gives, after what it changed is in the file; no other process changes the file meanwhile.
  private func change<Value: Sendable>(_ body: (inout Opened) throws(VaultError) -> Value) throws(VaultError) -> Value {
    try opened.withLock { (opened) throws(VaultError) in
      try folder.alone(LocalProvider.fileName) { () throws(VaultError) -> Value in
        try reload(&opened)
        do throws(VaultError) {
          let value = try body(&opened)
          var random = SystemRandomNumberGenerator()
          try opened.file.seal(opened.keys.secret(), key: opened.sealing, using: &random)
          try folder.replace(LocalProvider.fileName, with: opened.file.text)
          opened.stamp = try folder.stamp(of: LocalProvider.fileName)
          return value
        } catch {
          // What is not in the file did not happen.
          try reload(&opened)
          throw error
        }
      }
    }
  }

  private func reload(_ opened: inout Opened) throws(VaultError) {
    let (stamp, text) = try LocalProvider.text(in: folder)
    let file = try SealedFile(text, kind: LocalProvider.kind)
    if file.salt != opened.file.salt || file.parameters != opened.file.parameters {
      opened.sealing = try file.key(passphrase.passphrase())
    }
    let old = opened.keys
    opened.keys = try LocalProvider.keys(in: file, opened.sealing)
    opened.file = file
    opened.stamp = stamp
    for root in opened.keys.roots where old[root.id]?.newest != root.newest { opened.left[root.id] = 0 }
  }

  private static func root(_ key: KeyID, in opened: borrowing Opened) throws(VaultError) -> RootKeys.Root {
    guard let root = opened.keys[key] else { throw VaultError(.unknownKey, key: key) }
    return root
  }

  private static func usable(_ key: KeyID, in opened: borrowing Opened) throws(VaultError) -> RootKeys.Root {
    let root = try root(key, in: opened)
    switch root.state {
    case .enabled: return root
    case .disabled, .pendingDestruction: throw VaultError(.keyDisabled, key: key)
    case .destroyed: throw VaultError(.keyDestroyed, key: key)
    }
  }

  private static func wrapping(_ version: RootKeys.Version) throws(VaultError) -> WrappingKey {
    try WrappingKey(version.secret.derived(for: "cordon local root v1 aes-256-gcm"))
  }

  private static func context(_ key: KeyID, _ version: UInt32, _ context: KeyContext) -> [UInt8] {
    KeyContext(["key": key.description, "version": String(version)]).bytes + context.bytes
  }

  private static func text(in folder: Folder) throws(VaultError) -> (FileStamp?, [UInt8]) {
    let stamp = try folder.stamp(of: fileName)
    guard let text = try folder.content(of: fileName) else { throw VaultError(.missing) }
    return (stamp, text)
  }

  private static func keys(in file: SealedFile, _ sealing: borrowing WrappingKey) throws(VaultError) -> RootKeys {
    let secret = try file.open(key: sealing)
    var failure: VaultError?
    let keys = secret.withBytes { bytes in
      do throws(VaultError) {
        return try RootKeys(bytes)
      } catch {
        failure = error
        return RootKeys()
      }
    }
    if let failure { throw failure }
    return keys
  }
}
