import Attestation
import Bytes
import Crypto
import Foundation
import TestKit
import Testing

struct SignatureConfusionTests {
  private func fault(_ token: [UInt8], _ keys: AttestationKeys) -> AttestationError.Code? {
    do throws(AttestationError) {
      _ = try AttestationPolicyTests.policy.accept(
        token, signedBy: keys, nonce: AttestationPolicyTests.nonce, connection: AttestationPolicyTests.connection,
        at: AttestationPolicyTests.now)
      return nil
    } catch {
      return error.code
    }
  }

  @Test(arguments: ["none", "None", "NONE", "", "HS256", "HS384", "ES512", "es256", "RS512"])
  func `takes no token whose header asks for another algorithm`(_ algorithm: String) throws {
    let verifier = try Verifier("ES256")
    let claims = AttestationPolicyTests.claims()
    let signed = try verifier.token(claims, header: ["alg": .string(algorithm), "kid": "k1"])
    #expect(fault(signed, try verifier.keys) == .unsupportedAlgorithm)
    let parts = signed.split(separator: 0x2E)
    #expect(fault(Array(parts[0] + [0x2E] + parts[1] + [0x2E]), try verifier.keys) == .unsupportedAlgorithm)
  }

  @Test func `takes no code that was made with the public key as a secret`() throws {
    let verifier = try Verifier("RS256")
    let header: JSONValue = ["alg": "HS256", "kid": "k1"]
    let message = Array(
      "\(Base64URL.encode(header.bytes)).\(Base64URL.encode(AttestationPolicyTests.claims().bytes))".utf8)
    for secret in [verifier.publicKey.bytes, Array((verifier.publicKey["n"]?.string ?? "").utf8)] {
      let code = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: secret))
      let token = message + Array(".\(Base64URL.encode(Array(code)))".utf8)
      #expect(fault(token, try verifier.keys) == .unsupportedAlgorithm)
    }
  }

  @Test(arguments: [("RS256", "PS256"), ("PS256", "RS256"), ("ES256", "ES384"), ("ES256", "EdDSA")])
  func `takes a key for its own algorithm only`(_ of: String, _ said: String) throws {
    let verifier = try Verifier(of)
    let token = try verifier.token(AttestationPolicyTests.claims(), header: ["alg": .string(said), "kid": "k1"])
    #expect(fault(token, try verifier.keys) == .unsupportedAlgorithm)
  }

  @Test func `goes by the key that is named, and by the only one of its algorithm when none is`() throws {
    let (first, second) = (try Verifier("ES256", name: "a"), try Verifier("ES256", name: "b"))
    let third = try Verifier("EdDSA", name: "c")
    let keys = try AttestationKeys(parsing: Verifier.set([first.publicKey, second.publicKey, third.publicKey]))
    let claims = AttestationPolicyTests.claims()
    for verifier in [first, second, third] { #expect(fault(try verifier.token(claims), keys) == nil) }
    #expect(fault(try second.token(claims, header: ["alg": "ES256", "kid": "a"]), keys) == .badSignature)
    #expect(fault(try first.token(claims, header: ["alg": "ES256", "kid": "d"]), keys) == .unknownKey)
    #expect(fault(try first.token(claims, header: ["alg": "ES256"]), keys) == .unknownKey)
    #expect(fault(try third.token(claims, header: ["alg": "EdDSA"]), keys) == nil)
    #expect(fault(try first.token(claims, header: ["alg": "ES256", "kid": 7]), keys) == .malformed)
  }

  @Test func `takes a key of nobody but the file's`() throws {
    let (ours, theirs) = (try Verifier("ES256"), try Verifier("ES256"))
    for member in ["jwk", "jku", "x5u", "x5c"] {
      let header: JSONValue = .object([
        JSONMember("alg", "ES256"), JSONMember("kid", "k1"), JSONMember(member, theirs.publicKey),
      ])
      #expect(fault(try theirs.token(AttestationPolicyTests.claims(), header: header), try ours.keys) == .badSignature)
    }
  }

  @Test func `takes no header that must be understood, and nothing that is not three parts of JSON`() throws {
    let verifier = try Verifier("ES256")
    let keys = try verifier.keys
    let claims = AttestationPolicyTests.claims()
    for more in ["crit", "b64"] {
      let header: JSONValue = .object([
        JSONMember("alg", "ES256"), JSONMember("kid", "k1"), JSONMember(more, more == "crit" ? ["exp"] : .bool(false)),
      ])
      #expect(fault(try verifier.token(claims, header: header), keys) == .malformed)
    }
    let twice: JSONValue = .object([JSONMember("alg", "none"), JSONMember("alg", "ES256"), JSONMember("kid", "k1")])
    #expect(fault(try verifier.token(claims, header: twice), keys) == .malformed)
    #expect(fault(try verifier.token([.string("claims")]), keys) == .malformed)
    let good = try verifier.token(claims)
    for token in [[], Array("..".utf8), Array("a.b".utf8), good + Array(".e30".utf8), [0x2E] + good, Array("{}".utf8)] {
      #expect(fault(token, keys) == .malformed)
    }
    #expect(fault([UInt8](repeating: 0x41, count: 1 << 17), keys) == .malformed)
  }

  @Test func `refuses a file with a secret key, a weak one, a symmetric one, or one name for two`() throws {
    let verifier = try Verifier("ES256")
    var members = verifier.publicKey.members ?? []
    members.append(JSONMember("d", "AAAA"))
    let other: JSONValue = try Verifier("EdDSA").publicKey
    let weak: JSONValue = [
      "kty": "RSA", "alg": "RS256", "n": .string(Base64URL.encode([UInt8](repeating: 255, count: 128))), "e": "AQAB",
    ]
    let sets: [[JSONValue]] = [
      [], [.object(members)], [weak], [["kty": "oct", "k": "AAAA"]], [verifier.publicKey, other], ["k1"],
      [["kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"]], [["kty": "RSA", "n": "AQAB", "e": "AQAB"]],
    ]
    for set in sets {
      #expect(throws: AttestationError(.unusableKeys)) { try AttestationKeys(parsing: Verifier.set(set)) }
    }
    #expect(throws: AttestationError(.unusableKeys)) { try AttestationKeys(parsing: Array("[]".utf8)) }
  }
}
