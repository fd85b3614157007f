import Bytes
import Ciphers
import Crypto
import Foundation
import Synchronization
import Vault

/// The transit engine of Vault and OpenBao as their API documentation describes it, in memory.
final class FakeTransit: Sendable {
  struct Key {
    var versions: [SymmetricKey] = [SymmetricKey(size: .bits256)]
    var signer: Curve25519.Signing.PrivateKey?
    var isDerived = true
    var isSoftlyDeleted = false
    var allowsDeletion = false
    var firstVersion = 1
  }

  struct State {
    var keys: [String: Key] = [:]
    var token = "s.first"
    var lease = 3600
    var isRenewable = true
    var isSealed = false
    var ignoresAssociatedData = false
    var faults: [KeyServiceResponse] = []
    /// Each method with its URL.
    var requests: [String] = []
  }

  static let active = "https://one.example:8200"
  static let standby = "https://two.example:8200"
  let state = Mutex(State())

  func addKey(_ key: Key = Key()) throws -> KeyID {
    let name = "root-\(UUID().uuidString.lowercased())"
    state.withLock { $0.keys[name] = key }
    guard let id = KeyID(name) else { throw VaultError(.malformed) }
    return id
  }

  static func errors(_ status: Int, _ messages: String...) -> KeyServiceResponse {
    .json(status, ["errors": .array(messages.map { .string($0) })])
  }

  @Sendable func answer(_ request: KeyServiceRequest) async throws(VaultError) -> KeyServiceResponse {
    try state.withLock { state throws(VaultError) in
      state.requests.append("\(request.method.rawValue) \(request.url)")
      if !state.faults.isEmpty { return state.faults.removeFirst() }
      if state.isSealed { return Self.errors(503, "Vault is sealed") }
      if request.url.hasPrefix(Self.standby) {
        let location = Self.active + request.url.dropFirst(Self.standby.count)
        return KeyServiceResponse(status: 307, headers: [KeyServiceHeader("Location", location)])
      }
      guard request.url.hasPrefix(Self.active + "/v1/") else { throw VaultError(.providerUnavailable) }
      guard request.header("X-Vault-Token") == state.token, request.header("X-Vault-Namespace") == "clinic" else {
        return Self.errors(403, "permission denied")
      }
      let path = request.url.dropFirst(Self.active.count + 4).split(separator: "/").map(String.init)
      if path == ["auth", "token", "renew-self"] {
        guard state.isRenewable else { return Self.errors(400, "lease is not renewable") }
        return .json(200, ["auth": ["lease_duration": .integer(state.lease), "renewable": true]])
      }
      guard path.first == "transit" else { return Self.errors(404) }
      return perform(request, Array(path.dropFirst()), &state)
    }
  }

  private func perform(_ request: KeyServiceRequest, _ path: [String], _ state: inout State) -> KeyServiceResponse {
    let body = request.json
    guard path.count >= 2 else { return Self.errors(404) }
    let name = path[0] == "datakey" ? path[path.count - 1] : path[1]
    guard var key = state.keys[name] else {
      return path[0] == "keys" ? Self.errors(404) : Self.errors(400, "encryption key not found")
    }
    defer { if state.keys[name] != nil { state.keys[name] = key } }
    if path[0] == "keys" {
      switch (request.method, path.dropFirst(2).first) {
      case (.get, nil): return .json(200, ["data": Self.described(name, key)])
      case (.post, "rotate"): key.versions.append(SymmetricKey(size: .bits256))
      case (.post, "config"):
        if let allowed = body["deletion_allowed"]?.bool { key.allowsDeletion = allowed }
        if let version = body["min_decryption_version"]?.integer { key.firstVersion = version }
      case (.delete, "soft-delete"): key.isSoftlyDeleted = true
      case (.post, "soft-delete-restore"): key.isSoftlyDeleted = false
      case (.delete, nil):
        guard key.allowsDeletion else { return Self.errors(400, "deletion is not allowed for this key") }
        state.keys[name] = nil
      default: return Self.errors(405)
      }
      return KeyServiceResponse(status: 204)
    }
    if key.isSoftlyDeleted { return Self.errors(400, "key is deleted") }
    if let signer = key.signer {
      guard path[0] == "sign", let input = body["input"]?.string.flatMap({ Base64.decode($0) }),
        let signature = try? signer.signature(for: input)
      else { return Self.errors(400, "unsupported operation") }
      return .json(200, ["data": ["signature": .string("vault:v1:\(Base64.encode(Array(signature)))")]])
    }
    // A context is ignored for a key that is not derived, and refused when it is missing for one that is.
    let context = body["context"]?.string.flatMap { Base64.decode($0) } ?? []
    if key.isDerived, context.isEmpty { return Self.errors(400, "missing 'context' for key derivation") }
    let takesAssociated = ["encrypt", "decrypt"].contains(path[0]) && !state.ignoresAssociatedData
    let associated = takesAssociated ? body["associated_data"]?.string.flatMap { Base64.decode($0) } ?? [] : []

    func versionKey(_ number: Int) -> SymmetricKey {
      let root = key.versions[number - 1]
      guard key.isDerived else { return root }
      return HKDF<SHA256>.deriveKey(inputKeyMaterial: root, info: context, outputByteCount: 32)
    }
    func sealed(_ text: [UInt8]) -> JSONValue {
      let bytes = (try? FakeSeal.seal(text, versionKey(key.versions.count), associated)) ?? []
      return .string("vault:v\(key.versions.count):\(Base64.encode(bytes))")
    }
    func opened() -> [UInt8]? {
      let parts = (body["ciphertext"]?.string ?? "").split(separator: ":")
      guard parts.count == 3, let number = Int(parts[1].dropFirst()), number >= key.firstVersion,
        number <= key.versions.count, let bytes = Base64.decode(String(parts[2]))
      else { return nil }
      return FakeSeal.open(bytes, versionKey(number), associated)
    }
    switch path[0] {
    case "datakey":
      var random = SystemRandomNumberGenerator()
      let secret = [UInt8](randomCount: 32, using: &random)
      return .json(
        200,
        [
          "data": [
            "ciphertext": sealed(secret), "plaintext": .string(Base64.encode(secret)),
            "key_version": .integer(key.versions.count),
          ]
        ])
    case "encrypt":
      guard let text = body["plaintext"]?.string.flatMap({ Base64.decode($0) }) else {
        return Self.errors(400, "missing plaintext to encrypt")
      }
      return .json(200, ["data": ["ciphertext": sealed(text), "key_version": .integer(key.versions.count)]])
    case "decrypt":
      guard let text = opened() else { return Self.errors(400, "cipher: message authentication failed") }
      return .json(200, ["data": ["plaintext": .string(Base64.encode(text))]])
    case "rewrap":
      guard let text = opened() else { return Self.errors(400, "cipher: message authentication failed") }
      return .json(200, ["data": ["ciphertext": sealed(text), "key_version": .integer(key.versions.count)]])
    default: return Self.errors(404)
    }
  }

  private static func described(_ name: String, _ key: Key) -> JSONValue {
    let keys = key.versions.indices.map { index in
      let time = JSONValue.integer(1_700_000_000 + index)
      let half = key.signer.map { JSONValue.string(Base64.encode(Array($0.publicKey.rawRepresentation))) }
      return JSONMember("\(index + 1)", half.map { ["name": "ed25519", "public_key": $0] } ?? time)
    }
    return [
      "name": .string(name), "type": key.signer == nil ? "aes256-gcm96" : "ed25519", "derived": .bool(key.isDerived),
      "latest_version": .integer(key.versions.count), "min_decryption_version": .integer(key.firstVersion),
      "soft_deleted": .bool(key.isSoftlyDeleted), "deletion_allowed": .bool(key.allowsDeletion),
      "keys": .object(keys),
    ]
  }
}
