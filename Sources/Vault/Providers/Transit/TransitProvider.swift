import Bytes
package import Ciphers
import Synchronization

/// Root keys in the transit engine of HashiCorp Vault or OpenBao.
///
/// ## How the context is bound
/// - A key that was made with `derived` wraps under a key of its own for each context, which the server derives; data
///   keys and rewrapping are the server's. This is the way to set a key up.
/// - Any other key gets the context as associated data of AES-GCM. Then data keys are made here and rewrapping passes
///   through this process, for the server takes no associated data there. A server that ignores associated data, as old
///   ones do, is found out before the first wrapped key is given to anybody, and refused.
///
/// A server ignores the context that it is sent for a key that is not derived: so a key is read before each wrapping.
package final class TransitProvider: KeyProvider {
  /// Where the engine is, and what may be done to its keys.
  package struct Mount: Hashable, Sendable {
    /// The addresses of the servers, without a path: the next is tried when one is not there, and a standby may send a
    /// request on to these only.
    package var addresses: [String]
    /// Where the engine is mounted.
    package var path: String
    /// The namespace of the engine.
    package var namespace: String?
    /// Whether the server can delete keys softly, as OpenBao can: that is how a key is disabled.
    package var deletesSoftly: Bool
    /// Whether keys may be destroyed; the engine has no waiting period, so that the vault's must be over.
    package var allowsDestruction: Bool

    /// An engine.
    package init(
      addresses: [String], path: String = "transit", namespace: String? = nil, deletesSoftly: Bool = false,
      allowsDestruction: Bool = false
    ) {
      self.addresses = addresses
      self.path = path
      self.namespace = namespace
      self.deletesSoftly = deletesSoftly
      self.allowsDestruction = allowsDestruction
    }
  }

  package let name = ProviderName.transit
  package let capabilities: KeyCapabilities
  private static let longest = 4096
  private let mount: Mount
  private let server: TransitServer
  private let provedToBind = Mutex<Set<KeyID>>([])

  /// The engine at a mount.
  ///
  /// - Parameters:
  ///   - mount: where the engine is.
  ///   - token: read now, and again when the server refuses it: an agent may have written a new one.
  ///   - transport: carries requests; it follows no redirects.
  ///   - attempts: how often passing failures are tried again.
  ///   - now: the clock that tokens are renewed by.
  /// - Throws: `malformed` when an address or the mount is none, and what reading the token throws.
  package init(
    _ mount: Mount, token: @escaping @Sendable () throws(VaultError) -> TransitToken,
    transport: @escaping KeyServiceTransport, attempts: KeyServiceAttempts = KeyServiceAttempts(),
    now: @escaping @Sendable () -> Moment = Moment.now
  ) throws(VaultError) {
    guard !mount.addresses.isEmpty, mount.path.split(separator: "/").allSatisfy({ Self.isName(String($0)) }) else {
      throw VaultError(.malformed)
    }
    self.mount = mount
    server = try TransitServer(
      addresses: mount.addresses, namespace: mount.namespace, token: token, transport: transport, attempts: attempts,
      now: now)
    var operations: Set<KeyCapabilities.Operation> = [
      .generateDataKey, .wrap, .unwrap, .rewrap, .sign, .rotate, .describe,
    ]
    if mount.deletesSoftly { operations.insert(.disable) }
    if mount.allowsDestruction { operations.insert(.destroy) }
    capabilities = KeyCapabilities(
      operations: operations, bindsContext: true, keepsKeysApart: true,
      waitingDays: mount.allowsDestruction ? 0...0 : nil)
  }

  package func describe(_ key: KeyID) async throws(VaultError) -> KeyDescription { try await read(key).description }

  package func generateDataKey(under key: KeyID, context: KeyContext) async throws(VaultError) -> DataKey {
    let state = try await read(key)
    try state.checkUse()
    guard state.isDerived else {
      var random = SystemRandomNumberGenerator()
      let secret = SecretBytes(count: DataKey.byteCount, using: &random)
      let wrapped = try await encrypt(secret, under: state, context)
      return DataKey(plaintext: secret, wrapped: wrapped)
    }
    let answer = try await call(
      "datakey/plaintext", key, [JSONMember("bits", 256), Self.member(.derived, context)], otherwise: .unknownKey)
    let secret = try Self.secret(answer["plaintext"], key)
    guard secret.count == DataKey.byteCount else { throw VaultError(.providerAnswer, key: key) }
    return DataKey(plaintext: secret, wrapped: try wrapped(.derived, answer, key))
  }

  package func wrap(
    _ secret: borrowing SecretBytes, under key: KeyID, context: KeyContext
  ) async throws(VaultError) -> WrappedKey {
    guard (1...Self.longest).contains(secret.count) else { throw VaultError(.malformed, key: key) }
    return try await encrypt(secret, under: try await read(key), context)
  }

  package func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(VaultError) -> SecretBytes {
    let text = try TransitCiphertext(wrapped)
    let answer = try await call(
      "decrypt", wrapped.key,
      [JSONMember("ciphertext", .string(text.ciphertext)), Self.member(text.binding, context)],
      otherwise: .notAuthentic, version: text.version)
    return try Self.secret(answer["plaintext"], wrapped.key)
  }

  package func rewrap(_ wrapped: WrappedKey, context: KeyContext) async throws(VaultError) -> WrappedKey {
    let text = try TransitCiphertext(wrapped)
    guard text.binding == .derived else {
      let secret = try await unwrap(wrapped, context: context)
      return try await wrap(secret, under: wrapped.key, context: context)
    }
    let answer = try await call(
      "rewrap", wrapped.key,
      [JSONMember("ciphertext", .string(text.ciphertext)), Self.member(.derived, context)],
      otherwise: .notAuthentic, version: text.version)
    return try self.wrapped(.derived, answer, wrapped.key)
  }

  package func sign(_ message: [UInt8], with key: KeyID) async throws(VaultError) -> KeySignature {
    let state = try await read(key)
    try state.checkUse()
    guard let algorithm = state.signatures else { throw VaultError(.unsupported(.sign), key: key) }
    var members = [JSONMember("input", .string(Base64.encode(message)))]
    if algorithm == .ecdsaP256 {
      members += [JSONMember("hash_algorithm", "sha2-256"), JSONMember("marshaling_algorithm", "asn1")]
    }
    let answer = try await call("sign", key, members, otherwise: .unsupported(.sign))
    guard let text = answer["signature"]?.string.flatMap(TransitCiphertext.bytes(ofSignature:)),
      let raw = algorithm == .ed25519 ? text : ECDSASignature.raw(der: text, width: 32),
      raw.count == Signature.byteCount
    else { throw VaultError(.providerAnswer, key: key) }
    return KeySignature(algorithm: algorithm, bytes: raw)
  }

  package func rotate(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    try await read(key).checkUse()
    _ = try await server.send(TransitCall(.post, try path("keys", key, "/rotate"), key, mayRepeat: false))
    return try await describe(key)
  }

  /// Has the server refuse what versions before `version` wrapped.
  package func retireVersions(of key: KeyID, before version: UInt32) async throws(VaultError) -> KeyDescription {
    _ = try await server.send(
      TransitCall(
        .post, try path("keys", key, "/config"), key, [JSONMember("min_decryption_version", .integer(Int(version)))]))
    return try await describe(key)
  }

  package func disable(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    guard mount.deletesSoftly else { throw VaultError(.unsupported(.disable), key: key) }
    _ = try await server.send(TransitCall(.delete, try path("keys", key, "/soft-delete"), key))
    return try await describe(key)
  }

  package func enable(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    guard mount.deletesSoftly else { throw VaultError(.unsupported(.disable), key: key) }
    _ = try await server.send(TransitCall(.post, try path("keys", key, "/soft-delete-restore"), key))
    return try await describe(key)
  }

  package func scheduleDestruction(of key: KeyID, afterDays days: Int) async throws(VaultError) -> KeyDescription {
    guard mount.allowsDestruction else { throw VaultError(.unsupported(.destroy), key: key) }
    guard days == 0 else { throw VaultError(.waiting(until: nil), key: key) }
    let last = try await read(key).description
    _ = try await server.send(
      TransitCall(.post, try path("keys", key, "/config"), key, [JSONMember("deletion_allowed", true)]))
    _ = try await server.send(TransitCall(.delete, try path("keys", key), key))
    return KeyDescription(key: key, state: .destroyed, version: last.version, created: last.created)
  }

  /// The public half of the newest version of an Ed25519 key: 32 bytes.
  package func publicKey(of key: KeyID) async throws(VaultError) -> [UInt8] {
    guard let bytes = try await read(key).publicKey else { throw VaultError(.unsupported(.sign), key: key) }
    return bytes
  }

  private func encrypt(
    _ secret: borrowing SecretBytes, under state: TransitKey, _ context: KeyContext
  ) async throws(VaultError) -> WrappedKey {
    try state.checkUse()
    let key = state.key
    let text = secret.withBytes { Base64.encode($0) }
    let binding: TransitCiphertext.Binding = state.isDerived ? .derived : .associated
    let answer = try await call(
      "encrypt", key, [JSONMember("plaintext", .string(text)), Self.member(binding, context)],
      otherwise: .unsupported(.wrap))
    let wrapped = try wrapped(binding, answer, key)
    if binding == .associated { try await proveBinding(of: wrapped) }
    return wrapped
  }

  /// Sees to it, once for each key, that the server refuses to unwrap without the context.
  private func proveBinding(of wrapped: WrappedKey) async throws(VaultError) {
    guard provedToBind.withLock({ !$0.contains(wrapped.key) }) else { return }
    let text = try TransitCiphertext(wrapped)
    do throws(VaultError) {
      _ = try await call(
        "decrypt", wrapped.key, [JSONMember("ciphertext", .string(text.ciphertext))], otherwise: .notAuthentic)
    } catch {
      guard error.code == .notAuthentic else { throw error }
      provedToBind.withLock { _ = $0.insert(wrapped.key) }
      return
    }
    throw VaultError(.unsupported(.wrap), key: wrapped.key)
  }

  private func read(_ key: KeyID) async throws(VaultError) -> TransitKey {
    let answer = try await server.send(TransitCall(.get, try path("keys", key), key))
    guard let state = TransitKey(key, answer["data"]) else { throw VaultError(.providerAnswer, key: key) }
    return state
  }

  /// The `data` of an answer; a refusal of the request itself is `otherwise`, unless the key's state explains it.
  private func call(
    _ operation: String, _ key: KeyID, _ members: [JSONMember], otherwise: VaultError.Code, version: UInt32? = nil
  ) async throws(VaultError) -> JSONValue {
    do throws(VaultError) {
      let answer = try await server.send(TransitCall(.post, try path(operation, key), key, members))
      guard let data = answer["data"] else { throw VaultError(.providerAnswer, key: key) }
      return data
    } catch {
      guard error.code == .malformed, error.number == 400 else { throw error }
      let state = try await read(key)
      try state.checkUse()
      if let version, version < state.firstVersion { throw VaultError(.keyDisabled, key: key, number: error.number) }
      throw VaultError(otherwise, key: key, number: error.number)
    }
  }

  private func path(_ operation: String, _ key: KeyID, _ rest: String = "") throws(VaultError) -> String {
    guard Self.isName(key.description) else { throw VaultError(.malformed, key: key) }
    return "\(mount.path)/\(operation)/\(key)\(rest)"
  }

  private func wrapped(
    _ binding: TransitCiphertext.Binding, _ answer: JSONValue, _ key: KeyID
  ) throws(VaultError) -> WrappedKey {
    guard let text = answer["ciphertext"]?.string, let wrapped = TransitCiphertext.wrapped(binding, text, key) else {
      throw VaultError(.providerAnswer, key: key)
    }
    return wrapped
  }

  private static func member(_ binding: TransitCiphertext.Binding, _ context: KeyContext) -> JSONMember {
    JSONMember(binding == .derived ? "context" : "associated_data", .string(Base64.encode(context.bytes)))
  }

  private static func secret(_ text: JSONValue?, _ key: KeyID) throws(VaultError) -> SecretBytes {
    guard var bytes = text?.string.flatMap({ Base64.decode($0) }), !bytes.isEmpty else {
      throw VaultError(.providerAnswer, key: key)
    }
    return SecretBytes(taking: &bytes)
  }

  /// Whether the text can stand in a path as it is; a name of dots alone would be another path.
  private static func isName(_ text: String) -> Bool {
    text.utf8.contains { $0 != 0x2E }
      && text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || [0x2D, 0x2E, 0x5F].contains($0) }
  }
}
