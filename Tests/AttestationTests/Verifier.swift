import Attestation
import Bytes
import Crypto
import CryptoExtras
import Foundation

/// A verifier with a key pair of its own, as the tests need one.
struct Verifier {
  let algorithm: String
  let name: String
  private let key: Key

  private enum Key {
    case p256(P256.Signing.PrivateKey)
    case p384(P384.Signing.PrivateKey)
    case rsa(_RSA.Signing.PrivateKey)
    case ed25519(Curve25519.Signing.PrivateKey)
  }

  /// Every algorithm that is taken.
  static let algorithms = ["ES256", "ES384", "RS256", "PS256", "EdDSA"]

  init(_ algorithm: String, name: String = "k1") throws {
    (self.algorithm, self.name) = (algorithm, name)
    key =
      switch algorithm {
      case "ES256": .p256(P256.Signing.PrivateKey())
      case "ES384": .p384(P384.Signing.PrivateKey())
      case "EdDSA": .ed25519(Curve25519.Signing.PrivateKey())
      default: .rsa(try _RSA.Signing.PrivateKey(keySize: .bits2048))
      }
  }

  /// The public half as a JSON Web Key.
  var publicKey: JSONValue {
    func coded(_ bytes: some Sequence<UInt8>) -> JSONValue { .string(Base64URL.encode(Array(bytes))) }
    func point(_ curve: String, _ raw: Data) -> JSONValue {
      [
        "kty": "EC", "crv": .string(curve), "kid": .string(name), "x": coded(raw.prefix(raw.count / 2)),
        "y": coded(raw.suffix(raw.count / 2)),
      ]
    }
    switch key {
    case .p256(let key): return point("P-256", key.publicKey.rawRepresentation)
    case .p384(let key): return point("P-384", key.publicKey.rawRepresentation)
    case .ed25519(let key):
      return ["kty": "OKP", "crv": "Ed25519", "kid": .string(name), "x": coded(key.publicKey.rawRepresentation)]
    case .rsa(let key):
      let numbers = try? key.publicKey.getKeyPrimitives()
      return [
        "kty": "RSA", "alg": .string(algorithm), "kid": .string(name), "n": coded(numbers?.modulus ?? Data()),
        "e": coded(numbers?.publicExponent ?? Data()),
      ]
    }
  }

  /// The public half alone in a set.
  var keys: AttestationKeys { get throws { try AttestationKeys(parsing: Self.set([publicKey])) } }

  static func set(_ keys: [JSONValue]) -> [UInt8] { JSONValue.object([JSONMember("keys", .array(keys))]).bytes }

  /// A token with these claims; the header says what `header` says, or the truth.
  func token(_ claims: JSONValue, header: JSONValue? = nil) throws -> [UInt8] {
    let header = header ?? ["alg": .string(algorithm), "kid": .string(name)]
    let message = Array("\(Base64URL.encode(header.bytes)).\(Base64URL.encode(claims.bytes))".utf8)
    return message + Array(".\(Base64URL.encode(try signature(of: message)))".utf8)
  }

  func signature(of message: [UInt8]) throws -> [UInt8] {
    switch key {
    case .p256(let key): Array(try key.signature(for: message).rawRepresentation)
    case .p384(let key): Array(try key.signature(for: message).rawRepresentation)
    case .ed25519(let key): Array(try key.signature(for: message))
    case .rsa(let key):
      Array(
        try key.signature(
          for: SHA256.hash(data: message), padding: algorithm == "PS256" ? .PSS : .insecurePKCS1v1_5
        ).rawRepresentation)
    }
  }
}
