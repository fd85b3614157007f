import Bytes
import Ciphers
import Crypto
import Synchronization
import Testing
import Vault

struct AWSKMSProviderTests {
  private static let context = ProviderBehaviour.context

  private func provider(
    _ kms: FakeKMS, _ region: AWSKMSProvider.Region = FakeKMS.region, session: String? = nil
  ) throws -> AWSKMSProvider {
    try AWSKMSProvider(
      region, credentials: { FakeKMS.credentials(session: session) }, transport: kms.answer, attempts: .hurried,
      now: { FakeKMS.now })
  }

  @Test(arguments: ProviderBehaviour.allCases)
  func `behaves as every provider does`(_ behaviour: ProviderBehaviour) async throws {
    let kms = FakeKMS()
    try await behaviour.check(
      ProviderBench(
        provider: try provider(kms), freshKey: { try kms.addKey() },
        signingKey: {
          let signer = P256.Signing.PrivateKey()
          let half = signer.publicKey
          return (
            try kms.addKey(.init(signer: signer)),
            { signature, message in
              try signature.algorithm == .ecdsaP256
                && half.isValidSignature(
                  P256.Signing.ECDSASignature(rawRepresentation: signature.bytes), for: message)
            }
          )
        }))
  }

  @Test func `signs with Ed25519 where that is what the key has`() async throws {
    let kms = FakeKMS()
    let signer = Curve25519.Signing.PrivateKey()
    let key = try kms.addKey(.init(edwards: signer))
    let signature = try await provider(kms).sign([1, 2, 3], with: key)
    #expect(signature.algorithm == .ed25519 && signer.publicKey.isValidSignature(signature.bytes, for: [1, 2, 3]))
  }

  @Test func `counts versions over all pages of rotations`() async throws {
    let kms = FakeKMS()
    let provider = try provider(kms)
    let key = try kms.addKey()
    for _ in 0..<3 { _ = try await provider.rotate(key) }
    #expect(
      try await provider.describe(key)
        == KeyDescription(
          key: key, state: .enabled, version: 4, created: Moment(milliseconds: 1_440_938_000_125),
          rotated: Moment(milliseconds: 1_440_938_102_000)))
  }

  @Test func `says when a key will be destroyed`() async throws {
    let kms = FakeKMS()
    let provider = try provider(kms)
    let key = try kms.addKey()
    let scheduled = try await provider.scheduleDestruction(of: key, afterDays: 7)
    #expect(scheduled.destruction == FakeKMS.now.adding(days: 7))
    for days in [6, 31] {
      #expect(
        await code { _ = try await provider.scheduleDestruction(of: key, afterDays: days) } == .waiting(until: nil))
    }
  }

  @Test func `uses a disabled key at a careless server unless it checks the state first`() async throws {
    let kms = FakeKMS()
    kms.state.withLock { $0.usesDisabledKeys = true }
    let careless = try provider(kms)
    let careful = try provider(kms, .init("us-east-1", checksState: true))
    let key = try kms.addKey()
    let made = try await careless.generateDataKey(under: key, context: Self.context)
    let wrapped = made.wrapped
    _ = try await careless.disable(key)
    #expect(await code { _ = try await careless.unwrap(wrapped, context: Self.context) } == nil)
    #expect(await code { _ = try await careful.unwrap(wrapped, context: Self.context) } == .keyDisabled)
    #expect(await code { _ = try await careful.rewrap(wrapped, context: Self.context) } == .keyDisabled)
    #expect(await code { _ = try await careful.generateDataKey(under: key, context: Self.context) } == .keyDisabled)
  }

  @Test(
    arguments: [
      ("AccessDeniedException", VaultError.Code.providerRefused),
      ("com.amazonaws.kms#DisabledException", .keyDisabled),
      ("KMSInvalidStateException", .keyDisabled),
      ("InvalidCiphertextException", .notAuthentic),
      ("IncorrectKeyException:http://internal.amazon.com/", .notAuthentic),
      ("NotFoundException", .unknownKey),
      ("InvalidKeyUsageException", .unsupported(.unwrap)),
      ("ValidationException", .malformed),
      ("UnrecognizedClientException", .providerRefused),
      ("SomethingNewException", .providerAnswer),
    ])
  func `gives an error of KMS its meaning, at once`(_ kind: String, _ expected: VaultError.Code) async throws {
    let kms = FakeKMS()
    let key = try kms.addKey()
    kms.state.withLock { $0.faults = [FakeKMS.error(kind)] }
    let wrapped = WrappedKey(provider: .awsKMS, key: key, version: 0, bytes: [1, 2, 3])
    await #expect(throws: VaultError(expected, key: key, number: 400)) {
      _ = try await provider(kms).unwrap(wrapped, context: Self.context)
    }
    #expect(kms.state.withLock { $0.operations } == ["Decrypt"])
  }

  @Test(
    arguments: [
      FakeKMS.error("ThrottlingException"), FakeKMS.error("KMSInternalException", status: 500),
      FakeKMS.error("DependencyTimeoutException", status: 500), KeyServiceResponse(status: 503),
      KeyServiceResponse(status: 502, body: Array("<html>".utf8)),
    ])
  func `tries passing failures again, three times in all`(_ fault: KeyServiceResponse) async throws {
    let kms = FakeKMS()
    let provider = try provider(kms)
    let key = try kms.addKey()
    kms.state.withLock { $0.faults = [fault, fault] }
    _ = try await provider.generateDataKey(under: key, context: Self.context)
    #expect(kms.state.withLock { $0.operations.count } == 3)
    kms.state.withLock { $0.faults = [fault, fault, fault] }
    await #expect(throws: VaultError(.providerUnavailable, key: key, number: Int64(fault.status))) {
      _ = try await provider.generateDataKey(under: key, context: Self.context)
    }
  }

  @Test func `rotates once, unless KMS says that it did nothing`() async throws {
    let kms = FakeKMS()
    let provider = try provider(kms)
    let key = try kms.addKey()
    kms.state.withLock { $0.faults = [FakeKMS.error("KMSInternalException", status: 500)] }
    #expect(await code { _ = try await provider.rotate(key) } == .providerUnavailable)
    kms.state.withLock { $0.faults = [FakeKMS.error("ThrottlingException")] }
    #expect(try await provider.rotate(key).version == 2)
  }

  @Test func `reads its credentials again when their session is over`() async throws {
    let kms = FakeKMS()
    let key = try kms.addKey()
    kms.state.withLock { $0.acceptedSession = "second" }
    let sessions = Mutex(["second", "first"])
    let provider = try AWSKMSProvider(
      FakeKMS.region,
      credentials: { FakeKMS.credentials(session: sessions.withLock { $0.popLast() } ?? "none") },
      transport: kms.answer, attempts: .hurried, now: { FakeKMS.now })
    #expect(try await provider.describe(key).state == .enabled)
    kms.state.withLock { $0.acceptedSession = "third" }
    #expect(await code { _ = try await provider.describe(key) } == .providerRefused)
  }

  @Test func `fails closed when nobody answers`() async throws {
    let provider = try AWSKMSProvider(
      FakeKMS.region, credentials: { FakeKMS.credentials() },
      transport: { _ throws(VaultError) in throw VaultError(.providerUnavailable) }, attempts: .hurried)
    let key = try #require(KeyID("alias/root"))
    await #expect(throws: VaultError(.providerUnavailable, key: key)) { _ = try await provider.describe(key) }
  }

  @Test(
    arguments: [
      "", "[", "null", "{}", "{\"Plaintext\":\"\"}", "{\"Plaintext\":\"!\",\"CiphertextBlob\":\"AA==\"}",
      "{\"Plaintext\":\"AAAA\",\"CiphertextBlob\":\"AAAA\"}",
      "{\"Plaintext\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"CiphertextBlob\":\"\"}",
    ])
  func `takes no answer that makes no sense`(_ body: String) async throws {
    let kms = FakeKMS()
    let key = try kms.addKey()
    kms.state.withLock { $0.faults = [KeyServiceResponse(status: 200, body: Array(body.utf8))] }
    let provider = try provider(kms)
    #expect(
      await code { _ = try await provider.generateDataKey(under: key, context: Self.context) } == .providerAnswer)
  }

  @Test func `shows no secret when it is described`() throws {
    let credentials = FakeKMS.credentials(session: "a token")
    for text in ["\(credentials)", String(reflecting: credentials)] {
      #expect(!text.contains("wJalr") && !text.contains("a token"))
    }
    var dumped = ""
    dump(credentials, to: &dumped)
    #expect(!dumped.contains("wJalr") && !dumped.contains("a token"))
  }

  @Test(arguments: ["kms.example", "https://", "https://kms.example/path", "ftp://kms.example"])
  func `refuses an endpoint that is no address`(_ endpoint: String) {
    #expect(throws: VaultError(.malformed)) {
      try provider(FakeKMS(), .init("us-east-1", endpoint: endpoint))
    }
  }
}

struct AWSCredentialsTests {
  private static let file = """
    # comment = [other]
    [default]
    aws_access_key_id = AKIDDEFAULT
    aws_secret_access_key=first/secret+
    [ci]
    aws_access_key_id=AKIDCI
    aws_secret_access_key = second secret=
    aws_session_token = token==
    [half]
    aws_access_key_id=AKIDHALF
    """

  @Test func `reads a profile of a credentials file`() throws {
    let first = try #require(AWSCredentials(file: Self.file))
    #expect(first.accessKeyID == "AKIDDEFAULT" && first.sessionToken == nil)
    #expect(first.secret.withBytes { String(decoding: $0) } == "first/secret+")
    let second = try #require(AWSCredentials(file: Self.file, profile: "ci"))
    #expect(second.accessKeyID == "AKIDCI" && second.sessionToken == "token==")
    #expect(second.secret.withBytes { String(decoding: $0) } == "second secret=")
  }

  @Test(arguments: ["half", "other", ""])
  func `reads nothing where a half is missing`(_ profile: String) {
    #expect(AWSCredentials(file: Self.file, profile: profile) == nil)
  }

  @Test func `reads the variables of the environment`() throws {
    let found = try #require(
      AWSCredentials(environment: ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": ""]))
    #expect(found.accessKeyID == "AKID" && found.sessionToken == nil)
    #expect(AWSCredentials(environment: ["AWS_ACCESS_KEY_ID": "AKID"]) == nil)
    #expect(AWSCredentials(environment: ["AWS_ACCESS_KEY_ID": "A B", "AWS_SECRET_ACCESS_KEY": "s"]) == nil)
  }
}
