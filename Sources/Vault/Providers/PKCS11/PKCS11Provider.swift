import Bytes
import CPKCS11
package import Ciphers
import Synchronization

/// Root keys in a token: a hardware security module or a smart card behind PKCS#11.
///
/// A key is every secret key in the token with the label that is its id; its versions are told apart by CKA_ID, a number
/// of 1 to 4 bytes. The keys are AES-256, sensitive and never extractable: a token that would give one away is refused.
///
/// A token that is pulled out fails every call until it is back; then the module is started again and the user logged in,
/// at most once in a pause that grows from 50 milliseconds to 30 seconds. A PIN that the token refuses is not tried
/// again, for tokens lock themselves: then the provider refuses until the process starts anew.
///
/// One provider for each module in a process: starting a module again ends the sessions that anybody has with it.
package final class PKCS11Provider: KeyProvider {
  /// Which token, and what may be done to it.
  package struct Token: Hashable, Sendable {
    /// The path of the module.
    package var module: String
    /// The label of the token; empty when the serial number says it.
    package var label: String
    /// The serial number of the token; empty when the label says it.
    package var serial: String
    /// The ways of wrapping, the first that the token has is taken.
    package var wrappings: [TokenWrapping]
    /// How many calls go on at once, each with a session.
    package var sessions: Int
    /// Whether keys may be destroyed; a token has no waiting period, so that the vault's must be over.
    package var allowsDestruction: Bool

    /// The token with this label, this serial number or both.
    package init(
      module: String, label: String, serial: String = "", wrappings: [TokenWrapping] = TokenWrapping.allCases,
      sessions: Int = 4, allowsDestruction: Bool = false
    ) {
      self.module = module
      self.label = label
      self.serial = serial
      self.wrappings = wrappings
      self.sessions = sessions
      self.allowsDestruction = allowsDestruction
    }
  }

  package let name = ProviderName.pkcs11
  package let capabilities: KeyCapabilities
  /// How the token wraps, of the ways that it was offered.
  package let wrapping: TokenWrapping
  private let token: Token
  private let lanes: [TokenLane]
  private let next = Atomic<Int>(0)

  /// Loads the module, finds the token and logs in; the PIN is kept to log in again.
  ///
  /// It waits for the token, and is called once, when the process starts.
  package init(_ token: Token, pin: consuming SecretBytes) throws(VaultError) {
    precondition(token.sessions > 0 && !(token.label.isEmpty && token.serial.isEmpty), "a token has a name")
    let connection = try TokenConnection(PKCS11Module(token.module), token, pin: pin)
    let place = try connection.enter()
    defer { connection.leave() }
    do {
      wrapping = try TokenWrapping.first(of: token.wrappings, connection.module, slot: place.slot)
    } catch {
      throw error.error(nil)
    }
    self.token = token
    lanes = (0..<token.sessions).map { TokenLane(connection, number: $0) }
    var operations: Set<KeyCapabilities.Operation> = [
      .generateDataKey, .wrap, .unwrap, .rewrap, .sign, .rotate, .disable, .describe,
    ]
    if token.allowsDestruction { operations.insert(.destroy) }
    // The context is enforced in each way of wrapping; where the token does not do it, what is wrapped says it.
    capabilities = KeyCapabilities(
      operations: operations, bindsContext: true, keepsKeysApart: true,
      waitingDays: token.allowsDestruction ? 0...0 : nil)
  }

  package func describe(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    try await run(key) { session throws(TokenFault) in try RootKey(key, in: session).description(in: session) }
  }

  package func generateDataKey(under key: KeyID, context: KeyContext) async throws(VaultError) -> DataKey {
    let random = try await run(key) { session throws(TokenFault) in
      var bytes = try session.random(DataKey.byteCount)
      return CarriedSecret(SecretBytes(taking: &bytes))
    }
    let wrapped = try await wrap(random.secret, under: key, context: context)
    return DataKey(plaintext: random.copy(), wrapped: wrapped)
  }

  package func wrap(
    _ secret: borrowing SecretBytes, under key: KeyID, context: KeyContext
  ) async throws(VaultError) -> WrappedKey {
    let carried = CarriedSecret(copying: secret)
    let wrapping = wrapping
    return try await run(key) { session throws(TokenFault) in
      let root = try RootKey(key, in: session)
      let newest = try root.newestToUse(by: wrapping, in: session)
      return WrappedKey(
        provider: .pkcs11, key: key, version: newest.version,
        bytes: try wrapping.wrap(carried.secret, context, newest.object, in: session))
    }
  }

  package func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(VaultError) -> SecretBytes {
    guard wrapped.provider == name else { throw VaultError(.malformed, key: wrapped.key) }
    let carried = try await run(wrapped.key) { session throws(TokenFault) in
      let root = try RootKey(wrapped.key, in: session)
      guard let version = root.versions.first(where: { $0.version == wrapped.version }) else {
        throw TokenFault(unclear: .keyDestroyed)
      }
      return CarriedSecret(try TokenWrapping.unwrap(wrapped.bytes, context, version.object, in: session))
    }
    return carried.copy()
  }

  package func sign(_ message: [UInt8], with key: KeyID) async throws(VaultError) -> KeySignature {
    try await run(key) { session throws(TokenFault) in
      let root = try RootKey(key, in: session, signs: true)
      return try root.sign(message, in: session)
    }
  }

  package func rotate(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    let wrapping = wrapping
    return try await run(key) { session throws(TokenFault) in
      let root = try RootKey(key, in: session)
      // A new version of a disabled key would be an enabled one.
      guard try root.isEnabled(in: session) else { throw TokenFault(unclear: .keyDisabled) }
      guard let newest = root.versions.last, newest.version < .max else { throw TokenFault(.usedUp) }
      try root.generate(newest.version + 1, wrapping, in: session)
      return try RootKey(key, in: session).description(in: session)
    }
  }

  package func disable(_ key: KeyID) async throws(VaultError) -> KeyDescription { try await permit(key, false) }

  package func enable(_ key: KeyID) async throws(VaultError) -> KeyDescription { try await permit(key, true) }

  package func scheduleDestruction(of key: KeyID, afterDays days: Int) async throws(VaultError) -> KeyDescription {
    guard token.allowsDestruction else { throw VaultError(.unsupported(.destroy), key: key) }
    guard days == 0 else { throw VaultError(.waiting(until: nil), key: key) }
    return try await run(key) { session throws(TokenFault) in
      let root = try RootKey(key, in: session)
      for version in root.versions { try session.destroy(version.object) }
      return KeyDescription(key: key, state: .destroyed, version: root.versions.last?.version ?? 0)
    }
  }

  package func cancelDestruction(of key: KeyID) async throws(VaultError) -> KeyDescription {
    throw VaultError(.unsupported(.destroy), key: key)
  }

  /// Makes the first version of a key that wraps.
  package func create(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    let wrapping = wrapping
    return try await run(key) { session throws(TokenFault) in
      guard try TokenKey.versions(of: key, TokenKeyUse.wrapping.kind, in: session).isEmpty,
        try TokenKey.versions(of: key, TokenKeyUse.signing.kind, in: session).isEmpty
      else { throw TokenFault(.exists) }
      try session.generateKey(key, id: TokenKey.id(of: 1), wraps: wrapping.use == .wrapping)
      return try RootKey(key, in: session).description(in: session)
    }
  }

  /// Makes the first version of a key that signs.
  package func create(
    _ key: KeyID, signing algorithm: KeySignature.Algorithm
  ) async throws(VaultError) -> KeyDescription {
    try await run(key) { session throws(TokenFault) in
      guard try TokenKey.versions(of: key, TokenKeyUse.wrapping.kind, in: session).isEmpty,
        try TokenKey.versions(of: key, TokenKeyUse.signing.kind, in: session).isEmpty
      else { throw TokenFault(.exists) }
      try session.generatePair(key, id: TokenKey.id(of: 1), algorithm)
      return try RootKey(key, in: session).description(in: session)
    }
  }

  /// The public half of the newest version of a key that signs: 32 bytes of Ed25519, or 65 of P-256 (X9.62, not
  /// compressed).
  package func publicKey(of key: KeyID) async throws(VaultError) -> [UInt8] {
    try await run(key) { session throws(TokenFault) in
      let halves = try TokenKey.versions(of: key, CORDON_P11_PUBLIC_KEY, in: session)
      guard let newest = halves.last else { throw TokenFault(unclear: .unknownKey) }
      let point = try session.bytes(CORDON_P11_EC_POINT, of: newest.object)
      // DER: an octet string around the point; version 3 of the standard also allows Ed25519's 32 bytes by themselves.
      if point.count == 32 { return point }
      guard point.count > 2, point[0] == 0x04, Int(point[1]) == point.count - 2 else {
        throw TokenFault(.providerAnswer)
      }
      return Array(point.dropFirst(2))
    }
  }

  /// Asks the token for the bytes of a key's newest version, which it must refuse: for tests and for a check of a token.
  package func revealRootKey(_ key: KeyID) async throws(VaultError) {
    try await run(key) { session throws(TokenFault) in
      guard let newest = try RootKey(key, in: session).versions.last else { return }
      var bytes = try session.bytes(CORDON_P11_VALUE, of: newest.object)
      bytes.wipe()
    }
  }

  private func permit(_ key: KeyID, _ isEnabled: Bool) async throws(VaultError) -> KeyDescription {
    let use = wrapping.use
    return try await run(key) { session throws(TokenFault) in
      let root = try RootKey(key, in: session)
      try root.permit(isEnabled, use, in: session)
      return try root.description(in: session)
    }
  }

  private func run<Value: Sendable>(
    _ key: KeyID, _ body: @escaping @Sendable (TokenSession) throws(TokenFault) -> Value
  ) async throws(VaultError) -> Value {
    let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return try await lanes[Int(UInt(bitPattern: turn) % UInt(lanes.count))].run(about: key, body)
  }
}
