import Bytes
internal import Crypto
internal import CryptoExtras
import struct Foundation.Data

/// A public key of a verifier, for one algorithm only (RFC 7517, RFC 7518; RFC 8725, section 3.1).
package struct AttestationKey: Sendable {
  /// An algorithm by which results may be signed (RFC 7518, section 3.1; RFC 8037, section 3.1).
  package enum Algorithm: String, Hashable, Sendable, CaseIterable {
    case es256 = "ES256"
    case es384 = "ES384"
    case rs256 = "RS256"
    case ps256 = "PS256"
    case edDSA = "EdDSA"
  }

  /// The name by which a signature says that it is this key's; nil where the file gives none.
  package let name: String?
  /// The algorithm that the key is for.
  package let algorithm: Algorithm
  /// The members of the key, by which two are the same.
  let source: JSONValue
  private let key: Key

  private enum Key {
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case rsa(_RSA.Signing.PublicKey)
    case ed25519(Curve25519.Signing.PublicKey)
  }

  /// A key of fewer bits is not taken (NIST SP 800-131Ar2, section 3).
  private static let leastModulusBytes = 256
  /// What only a secret key has (RFC 7518, sections 6.2.2, 6.3.2 and 6.4).
  private static let secretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

  /// The key that a JSON Web Key is; a secret key or a symmetric one is none.
  ///
  /// An RSA key must say which of the two algorithms it is for.
  init(_ source: JSONValue) throws(AttestationError) {
    guard let members = source.members, Set(members.map(\.name)).count == members.count,
      !Self.secretMembers.contains(where: { source[$0] != nil }), source["use"].map({ $0.string == "sig" }) ?? true
    else { throw AttestationError(.unusableKeys) }
    func bytes(_ member: String) throws(AttestationError) -> [UInt8] {
      guard let value = source[member]?.string.flatMap(Base64URL.decode) else {
        throw AttestationError(.unusableKeys)
      }
      return value
    }
    switch (source["kty"]?.string, source["crv"]?.string, source["alg"]?.string) {
    case ("EC", "P-256", "ES256"?), ("EC", "P-256", nil):
      algorithm = .es256
      let point = try bytes("x") + bytes("y")
      key = .p256(try Self.usable { try P256.Signing.PublicKey(rawRepresentation: point) })
    case ("EC", "P-384", "ES384"?), ("EC", "P-384", nil):
      algorithm = .es384
      let point = try bytes("x") + bytes("y")
      key = .p384(try Self.usable { try P384.Signing.PublicKey(rawRepresentation: point) })
    case ("OKP", "Ed25519", "EdDSA"?), ("OKP", "Ed25519", "Ed25519"?), ("OKP", "Ed25519", nil):
      algorithm = .edDSA
      let point = try bytes("x")
      key = .ed25519(try Self.usable { try Curve25519.Signing.PublicKey(rawRepresentation: point) })
    case ("RSA", nil, "RS256"?), ("RSA", nil, "PS256"?):
      algorithm = source["alg"]?.string == "RS256" ? .rs256 : .ps256
      let (modulus, exponent) = (try bytes("n"), try bytes("e"))
      guard modulus.count >= Self.leastModulusBytes else { throw AttestationError(.unusableKeys) }
      key = .rsa(try Self.usable { try _RSA.Signing.PublicKey(n: Data(modulus), e: Data(exponent)) })
    default: throw AttestationError(.unusableKeys)
    }
    name = source["kid"]?.string
    self.source = source
  }

  /// Whether the owner of the key signed `message`.
  func accepts(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    switch key {
    case .p256(let key):
      guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
      return key.isValidSignature(signature, for: message)
    case .p384(let key):
      guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
      return key.isValidSignature(signature, for: message)
    case .ed25519(let key): return key.isValidSignature(signature, for: message)
    case .rsa(let key):
      let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
      let padding: _RSA.Signing.Padding = algorithm == .ps256 ? .PSS : .insecurePKCS1v1_5
      return key.isValidSignature(signature, for: SHA256.hash(data: message), padding: padding)
    }
  }

  private static func usable<Key>(_ body: () throws -> Key) throws(AttestationError) -> Key {
    do {
      return try body()
    } catch {
      throw AttestationError(.unusableKeys)
    }
  }
}

/// The keys of a verifier, as a JSON Web Key Set has them (RFC 7517, section 5).
package struct AttestationKeys: Sendable {
  private let keys: [AttestationKey]

  /// The keys in the text of a set; one that cannot be used makes the whole set unusable.
  ///
  /// They are what is trusted: they come from a file of this organisation's, never from where the evidence comes from.
  package init(parsing text: [UInt8]) throws(AttestationError) {
    guard let set = try? JSONValue(parsing: text), let members = set["keys"]?.array, !members.isEmpty else {
      throw AttestationError(.unusableKeys)
    }
    var keys: [AttestationKey] = []
    for member in members {
      let key = try AttestationKey(member)
      guard !keys.contains(where: { $0.name == key.name && ($0.name != nil || $0.algorithm == key.algorithm) }) else {
        throw AttestationError(.unusableKeys)
      }
      keys.append(key)
    }
    self.keys = keys
  }

  /// The key by which a signature is to be checked: the one of its name, or the only one of its algorithm where it has
  /// no name.
  func key(named name: String?, for algorithm: AttestationKey.Algorithm) throws(AttestationError) -> AttestationKey {
    let named = keys.filter { name == nil ? $0.algorithm == algorithm : $0.name == name }
    guard let key = named.first, named.count == 1 else { throw AttestationError(.unknownKey) }
    guard key.algorithm == algorithm else { throw AttestationError(.unsupportedAlgorithm) }
    return key
  }
}

extension AttestationKeys: Hashable {
  /// Whether both sets have the same keys.
  package static func == (left: AttestationKeys, right: AttestationKeys) -> Bool {
    left.keys.map(\.source) == right.keys.map(\.source)
  }

  /// Feeds the keys to `hasher`.
  package func hash(into hasher: inout Hasher) { hasher.combine(keys.map(\.source)) }
}
