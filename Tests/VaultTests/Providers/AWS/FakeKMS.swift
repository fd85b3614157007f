import Bytes
import Ciphers
import Crypto
import Foundation
import Synchronization
import Vault

/// AWS KMS as its API reference describes it, in memory; it checks the signature of each request.
final class FakeKMS: Sendable {
  struct Key {
    var versions = [SymmetricKey(size: .bits256)]
    var state = "Enabled"
    var deletion: Double?
    var signer: P256.Signing.PrivateKey?
    var edwards: Curve25519.Signing.PrivateKey?
  }

  struct State {
    var keys: [String: Key] = [:]
    /// Answers that are given before any work is done.
    var faults: [KeyServiceResponse] = []
    var operations: [String] = []
    var usesDisabledKeys = false
    var acceptedSession: String?
  }

  static let now = Moment(milliseconds: 1_440_938_160_000)
  static let region = AWSKMSProvider.Region("us-east-1")
  let state = Mutex(State())

  static func credentials(session: String? = nil) -> AWSCredentials {
    var secret = Array("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".utf8)
    return AWSCredentials(accessKeyID: "AKIDEXAMPLE", secret: .init(taking: &secret), sessionToken: session)
  }

  static func error(_ kind: String, status: Int = 400) -> KeyServiceResponse {
    .json(status, ["__type": .string(kind), "message": "of no interest"])
  }

  func addKey(_ key: Key = Key()) throws -> KeyID {
    let text = "arn:aws:kms:us-east-1:000000000000:key/\(UUID().uuidString.lowercased())"
    state.withLock { $0.keys[text] = key }
    guard let id = KeyID(text) else { throw VaultError(.malformed) }
    return id
  }

  @Sendable func answer(_ request: KeyServiceRequest) async throws(VaultError) -> KeyServiceResponse {
    state.withLock { state in
      let operation = (request.header("X-Amz-Target") ?? "").replacingOccurrences(of: "TrentService.", with: "")
      state.operations.append(operation)
      if !state.faults.isEmpty { return state.faults.removeFirst() }
      guard request.method == .post, request.url == "https://kms.us-east-1.amazonaws.com/",
        request.header("Content-Type") == "application/x-amz-json-1.1", isSigned(request)
      else { return Self.error("InvalidSignatureException") }
      if let accepted = state.acceptedSession, request.header("X-Amz-Security-Token") != accepted {
        return Self.error("ExpiredTokenException")
      }
      return perform(operation, request.json, &state)
    }
  }

  private func isSigned(_ request: KeyServiceRequest) -> Bool {
    let unsigned = request.headers.filter {
      !["X-Amz-Date", "X-Amz-Security-Token", "Authorization"].contains($0.name)
    }
    let expected = SignatureV4(region: "us-east-1", service: "kms").signed(
      .init(method: "POST", headers: unsigned, body: request.body),
      by: Self.credentials(session: request.header("X-Amz-Security-Token")), at: Self.now)
    return expected == request.headers
  }

  private func perform(_ operation: String, _ body: JSONValue, _ state: inout State) -> KeyServiceResponse {
    let name = body["KeyId"]?.string ?? body["SourceKeyId"]?.string ?? ""
    guard let found = state.keys[name] else { return Self.error("com.amazonaws.kms#NotFoundException") }
    var key = found
    defer { state.keys[name] = key }
    let uses = ["GenerateDataKey", "Encrypt", "Decrypt", "ReEncrypt", "Sign", "RotateKeyOnDemand", "EnableKeyRotation"]
    if uses.contains(operation), !state.usesDisabledKeys {
      if key.state == "Disabled" { return Self.error("DisabledException") }
      if key.state != "Enabled" { return Self.error("KMSInvalidStateException") }
    }
    if uses.prefix(4).contains(operation), key.signer != nil || key.edwards != nil {
      return Self.error("InvalidKeyUsageException")
    }
    func associated(_ name: String) -> [UInt8] {
      KeyContext(
        Dictionary(uniqueKeysWithValues: (body[name]?.members ?? []).map { ($0.name, $0.value.string ?? "") })
      ).bytes
    }
    func blob(_ text: [UInt8], _ context: String) -> JSONValue {
      let sealed = (try? FakeSeal.seal(text, key.versions[key.versions.count - 1], associated(context))) ?? []
      return .string(Base64.encode([UInt8(key.versions.count)] + sealed))
    }
    func opened(_ context: String) -> [UInt8]? {
      guard let bytes = body["CiphertextBlob"]?.string.flatMap({ Base64.decode($0) }), let first = bytes.first,
        key.versions.indices.contains(Int(first) - 1)
      else { return nil }
      return FakeSeal.open(Array(bytes.dropFirst()), key.versions[Int(first) - 1], associated(context))
    }
    var random = SystemRandomNumberGenerator()
    switch operation {
    case "DescribeKey":
      let algorithms: JSONValue = key.edwards != nil ? ["ED25519_SHA_512"] : ["ECDSA_SHA_256"]
      let isSigner = key.signer != nil || key.edwards != nil
      return .json(
        200,
        [
          "KeyMetadata": [
            "Arn": .string(name), "CreationDate": .number("1440938000.125"), "KeyState": .string(key.state),
            "KeyUsage": isSigner ? "SIGN_VERIFY" : "ENCRYPT_DECRYPT",
            "KeySpec": isSigner ? "ECC" : "SYMMETRIC_DEFAULT", "SigningAlgorithms": isSigner ? algorithms : [],
            "DeletionDate": key.deletion.map { .number("\($0)") } ?? .null,
          ]
        ])
    case "ListKeyRotations":
      // One rotation on each page.
      let start = body["Marker"]?.string.flatMap { Int($0) } ?? 0
      guard start < key.versions.count - 1 else { return .json(200, ["Rotations": [], "Truncated": false]) }
      return .json(
        200,
        [
          "Rotations": [["KeyId": .string(name), "RotationDate": .number("\(1_440_938_100 + start)")]],
          "Truncated": .bool(start + 1 < key.versions.count - 1), "NextMarker": .string("\(start + 1)"),
        ])
    case "GenerateDataKey":
      let secret = [UInt8](randomCount: 32, using: &random)
      return .json(
        200, ["CiphertextBlob": blob(secret, "EncryptionContext"), "Plaintext": .string(Base64.encode(secret))])
    case "Encrypt":
      let text = body["Plaintext"]?.string.flatMap { Base64.decode($0) } ?? []
      return .json(200, ["CiphertextBlob": blob(text, "EncryptionContext"), "KeyId": .string(name)])
    case "Decrypt":
      guard let text = opened("EncryptionContext") else { return Self.error("InvalidCiphertextException") }
      return .json(200, ["Plaintext": .string(Base64.encode(text)), "KeyId": .string(name)])
    case "ReEncrypt":
      guard let text = opened("SourceEncryptionContext") else { return Self.error("InvalidCiphertextException") }
      return .json(200, ["CiphertextBlob": blob(text, "DestinationEncryptionContext"), "KeyId": .string(name)])
    case "Sign":
      guard let message = body["Message"]?.string.flatMap({ Base64.decode($0) }) else {
        return Self.error("ValidationException")
      }
      let signature = key.signer.flatMap { try? Array($0.signature(for: message).derRepresentation) }
      let other = key.edwards.flatMap { try? Array($0.signature(for: message)) }
      return .json(200, ["Signature": .string(Base64.encode(signature ?? other ?? []))])
    case "RotateKeyOnDemand":
      key.versions.append(SymmetricKey(size: .bits256))
    case "DisableKey": key.state = "Disabled"
    case "EnableKey": key.state = "Enabled"
    case "ScheduleKeyDeletion":
      key.state = "PendingDeletion"
      key.deletion = 1_440_938_160 + Double(body["PendingWindowInDays"]?.integer ?? 30) * 86_400
    case "CancelKeyDeletion":
      (key.state, key.deletion) = ("Disabled", nil)
    default: return Self.error("UnknownOperationException")
    }
    return KeyServiceResponse(status: 200)
  }
}
