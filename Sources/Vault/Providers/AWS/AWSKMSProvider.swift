import Bytes
package import Ciphers
import Synchronization

/// Root keys in AWS Key Management Service.
///
/// The context is KMS's encryption context, which CloudTrail shows in the clear. KMS says in the ciphertext which version
/// of a key wrapped it: the version of what is wrapped here is 0.
///
/// Requests are signed with credentials that are asked for at the start and again when KMS says that their session is
/// over. Throttling and passing failures are tried again twice, with pauses.
package final class AWSKMSProvider: KeyProvider {
  /// Where the service is, and how far it is trusted.
  package struct Region: Hashable, Sendable {
    /// The region, such as `us-east-1`.
    package var name: String
    /// The address of the service, without a path.
    package var endpoint: String
    /// Whether a key's state is asked for before each use, because the server would use one that is disabled.
    package var checksState: Bool

    /// A region, at its own address unless another is given.
    package init(_ name: String, endpoint: String? = nil, checksState: Bool = false) {
      self.name = name
      self.endpoint = endpoint ?? "https://kms.\(name).amazonaws.com"
      self.checksState = checksState
    }
  }

  package let name = ProviderName.awsKMS
  package let capabilities = KeyCapabilities(
    operations: Set(KeyCapabilities.Operation.allCases), bindsContext: true, keepsKeysApart: true, waitingDays: 7...30)
  /// The longest text that `Encrypt` takes, and the longest message that `Sign` hashes.
  private static let longest = 4096

  private let region: Region
  private let host: String
  private let signature: SignatureV4
  private let credentials: Mutex<AWSCredentials>
  private let readCredentials: @Sendable () throws(VaultError) -> AWSCredentials
  private let transport: KeyServiceTransport
  private let attempts: KeyServiceAttempts
  private let now: @Sendable () -> Moment

  /// Keys of one region.
  ///
  /// - Parameters:
  ///   - region: where the keys are.
  ///   - credentials: read now, and again when their session is over.
  ///   - transport: carries requests to the region's endpoint.
  ///   - attempts: how often passing failures are tried again.
  ///   - now: the clock that signatures are dated by.
  /// - Throws: `malformed` when the endpoint is no address, and what reading the credentials throws.
  package init(
    _ region: Region, credentials: @escaping @Sendable () throws(VaultError) -> AWSCredentials,
    transport: @escaping KeyServiceTransport, attempts: KeyServiceAttempts = KeyServiceAttempts(),
    now: @escaping @Sendable () -> Moment = Moment.now
  ) throws(VaultError) {
    // `https:` and an empty part come before the host, and nothing after it.
    let parts = region.endpoint.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, ["https:", "http:"].contains(parts[0]), parts[1].isEmpty, !parts[2].isEmpty,
      !region.name.isEmpty
    else { throw VaultError(.malformed) }
    host = String(parts[2])
    self.region = region
    signature = SignatureV4(region: region.name, service: "kms")
    self.credentials = Mutex(try credentials())
    readCredentials = credentials
    self.transport = transport
    self.attempts = attempts
    self.now = now
  }

  /// How many pages of rotations are asked for; KMS gives 100 on each unless it is asked for fewer.
  private static let mostPages = 128

  package func describe(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    let metadata = try await metadata(of: key)
    var rotations = 0
    var rotated: Moment?
    if metadata.rotates {
      var marker: String?
      for page in 1... {
        guard page <= Self.mostPages else { throw VaultError(.providerAnswer, key: key) }
        let answer = try await call(.listKeyRotations, key, marker.map { [JSONMember("Marker", .string($0))] } ?? [])
        let listed = answer["Rotations"]?.array ?? []
        rotations += listed.count
        rotated = listed.compactMap { $0["RotationDate"].flatMap(Moment.init(epochSeconds:)) }.max() ?? rotated
        marker = answer["Truncated"]?.bool == true ? answer["NextMarker"]?.string : nil
        if marker == nil { break }
      }
    }
    return metadata.description(version: UInt32(rotations + 1), rotated: rotated)
  }

  package func generateDataKey(under key: KeyID, context: KeyContext) async throws(VaultError) -> DataKey {
    try await checkState(of: key)
    let answer = try await call(
      .generateDataKey, key, [JSONMember("KeySpec", "AES_256")] + Self.context("EncryptionContext", context))
    let secret = try Self.secret(answer["Plaintext"], key)
    guard secret.count == DataKey.byteCount else { throw VaultError(.providerAnswer, key: key) }
    return DataKey(plaintext: secret, wrapped: try Self.wrapped(answer["CiphertextBlob"], key))
  }

  package func wrap(
    _ secret: borrowing SecretBytes, under key: KeyID, context: KeyContext
  ) async throws(VaultError) -> WrappedKey {
    guard (1...Self.longest).contains(secret.count) else { throw VaultError(.malformed, key: key) }
    let text = secret.withBytes { Base64.encode($0) }
    try await checkState(of: key)
    let answer = try await call(
      .encrypt, key, [JSONMember("Plaintext", .string(text))] + Self.context("EncryptionContext", context))
    return try Self.wrapped(answer["CiphertextBlob"], key)
  }

  package func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(VaultError) -> SecretBytes {
    let blob = try blob(of: wrapped)
    try await checkState(of: wrapped.key)
    // KMS could tell the key from the ciphertext; naming it refuses what another key wrapped.
    let answer = try await call(
      .decrypt, wrapped.key, [JSONMember("CiphertextBlob", blob)] + Self.context("EncryptionContext", context))
    return try Self.secret(answer["Plaintext"], wrapped.key)
  }

  package func rewrap(_ wrapped: WrappedKey, context: KeyContext) async throws(VaultError) -> WrappedKey {
    let blob = try blob(of: wrapped)
    let key = JSONValue.string(wrapped.key.description)
    try await checkState(of: wrapped.key)
    let answer = try await send(
      KMSCall(
        .reEncrypt, wrapped.key,
        [JSONMember("CiphertextBlob", blob), JSONMember("SourceKeyId", key), JSONMember("DestinationKeyId", key)]
          + Self.context("SourceEncryptionContext", context) + Self.context("DestinationEncryptionContext", context)))
    return try Self.wrapped(answer["CiphertextBlob"], wrapped.key)
  }

  package func sign(_ message: [UInt8], with key: KeyID) async throws(VaultError) -> KeySignature {
    let metadata = try await metadata(of: key)
    if region.checksState { try metadata.checkUse() }
    let algorithm: KeySignature.Algorithm
    if metadata.signingAlgorithms.contains("ECDSA_SHA_256") {
      algorithm = .ecdsaP256
    } else if metadata.signingAlgorithms.contains("ED25519_SHA_512"), message.count <= Self.longest {
      algorithm = .ed25519
    } else {
      throw VaultError(.unsupported(.sign), key: key)
    }
    let isShort = message.count <= Self.longest
    let answer = try await call(
      .sign, key,
      [
        JSONMember(
          "Message", .string(Base64.encode(isShort ? message : Digest(hashing: message.span).bytes))),
        JSONMember("MessageType", isShort ? "RAW" : "DIGEST"),
        JSONMember("SigningAlgorithm", algorithm == .ed25519 ? "ED25519_SHA_512" : "ECDSA_SHA_256"),
      ])
    guard let bytes = answer["Signature"]?.string.flatMap({ Base64.decode($0) }),
      let raw = algorithm == .ed25519 ? bytes : ECDSASignature.raw(der: bytes, width: 32),
      raw.count == Signature.byteCount
    else { throw VaultError(.providerAnswer, key: key) }
    return KeySignature(algorithm: algorithm, bytes: raw)
  }

  package func rotate(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    _ = try await call(.rotateKeyOnDemand, key)
    return try await describe(key)
  }

  /// Has KMS rotate the key by itself every so many days, 90 to 2560.
  package func rotateAutomatically(_ key: KeyID, everyDays days: Int) async throws(VaultError) {
    guard (90...2560).contains(days) else { throw VaultError(.waiting(until: nil), key: key) }
    _ = try await call(.enableKeyRotation, key, [JSONMember("RotationPeriodInDays", .integer(days))])
  }

  package func disable(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    _ = try await call(.disableKey, key)
    return try await describe(key)
  }

  package func enable(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    _ = try await call(.enableKey, key)
    return try await describe(key)
  }

  package func scheduleDestruction(of key: KeyID, afterDays days: Int) async throws(VaultError) -> KeyDescription {
    guard capabilities.waitingDays?.contains(days) == true else { throw VaultError(.waiting(until: nil), key: key) }
    _ = try await call(.scheduleKeyDeletion, key, [JSONMember("PendingWindowInDays", .integer(days))])
    return try await describe(key)
  }

  package func cancelDestruction(of key: KeyID) async throws(VaultError) -> KeyDescription {
    _ = try await call(.cancelKeyDeletion, key)
    return try await describe(key)
  }

  /// The public half of a key that signs, as a SubjectPublicKeyInfo in DER.
  package func publicKey(of key: KeyID) async throws(VaultError) -> [UInt8] {
    let answer = try await call(.getPublicKey, key)
    guard let bytes = answer["PublicKey"]?.string.flatMap({ Base64.decode($0) }) else {
      throw VaultError(.providerAnswer, key: key)
    }
    return bytes
  }

  private func checkState(of key: KeyID) async throws(VaultError) {
    if region.checksState { try await metadata(of: key).checkUse() }
  }

  private func metadata(of key: KeyID) async throws(VaultError) -> KMSKeyMetadata {
    let answer = try await call(.describeKey, key)
    guard let metadata = KMSKeyMetadata(key, answer["KeyMetadata"]) else { throw VaultError(.providerAnswer, key: key) }
    return metadata
  }

  private func blob(of wrapped: WrappedKey) throws(VaultError) -> JSONValue {
    guard wrapped.provider == name, (1...6144).contains(wrapped.bytes.count) else {
      throw VaultError(.malformed, key: wrapped.key)
    }
    return .string(Base64.encode(wrapped.bytes))
  }

  private func call(
    _ operation: KMSCall.Operation, _ key: KeyID, _ members: [JSONMember] = []
  ) async throws(VaultError) -> JSONValue {
    try await send(KMSCall(operation, key, [JSONMember("KeyId", .string(key.description))] + members))
  }

  private func send(_ call: KMSCall) async throws(VaultError) -> JSONValue {
    let request = call.request(host: host)
    return try await attempts.run(mayRepeat: call.operation.mayRepeat) { _ throws(KeyServiceAttempts.Failure) in
      let used = credentials.withLock { $0 }
      var response = try await carry(request, used, call.key)
      if KMSCall.isOfExpiredSession(response) {
        let fresh: AWSCredentials
        do throws(VaultError) {
          fresh = try readCredentials()
        } catch {
          throw KeyServiceAttempts.Failure(error)
        }
        credentials.withLock { $0 = fresh }
        response = try await carry(request, fresh, call.key)
      }
      return try call.answer(response)
    }
  }

  private func carry(
    _ request: SignatureV4.Request, _ credentials: AWSCredentials, _ key: KeyID
  ) async throws(KeyServiceAttempts.Failure) -> KeyServiceResponse {
    let headers = signature.signed(request, by: credentials, at: now())
    do {
      return try await transport(
        KeyServiceRequest(.post, region.endpoint + "/", headers: headers, body: request.body))
    } catch {
      throw KeyServiceAttempts.Failure(
        VaultError(error.code, key: key, number: error.number), isPassing: error.code == .providerUnavailable)
    }
  }

  private static func context(_ name: String, _ context: KeyContext) -> [JSONMember] {
    guard !context.pairs.isEmpty else { return [] }
    return [JSONMember(name, .object(context.pairs.map { JSONMember($0.name, .string($0.value)) }))]
  }

  private static func wrapped(_ blob: JSONValue?, _ key: KeyID) throws(VaultError) -> WrappedKey {
    guard let bytes = blob?.string.flatMap({ Base64.decode($0) }), !bytes.isEmpty else {
      throw VaultError(.providerAnswer, key: key)
    }
    return WrappedKey(provider: .awsKMS, key: key, version: 0, bytes: bytes)
  }

  private static func secret(_ text: JSONValue?, _ key: KeyID) throws(VaultError) -> SecretBytes {
    guard var bytes = text?.string.flatMap({ Base64.decode($0) }), !bytes.isEmpty else {
      throw VaultError(.providerAnswer, key: key)
    }
    return SecretBytes(taking: &bytes)
  }
}
