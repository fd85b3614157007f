import Attestation
import Bytes
import Crypto
import TestKit
import Testing

struct AttestationPolicyTests {
  static let now: Int64 = 1_790_000_000
  static let nonce = "c2V2ZW50ZWVuIHJhbmRvbSBieXRlcyBub2JvZHkga25vd3M"
  static let connection = Array(SHA256.hash(data: Array("the key of the connection".utf8)))

  static func claims(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
    var claims: [(String, JSONValue?)] = [
      ("iss", "https://verifier.example"), ("iat", .integer(Int(now) - 5)), ("exp", .integer(Int(now) + 600)),
      ("eat_nonce", .string(nonce)), ("dbgstat", "disabled-since-boot"), ("measurement", "AB12"),
      ("tls_spki_sha256", .string(Hex.encode(connection))), ("ear.status", "affirming"),
    ]
    for (name, value) in changes {
      claims.removeAll { $0.0 == name }
      claims.append((name, value))
    }
    return .object(claims.compactMap { name, value in value.map { JSONMember(name, $0) } })
  }

  static let policy = AttestationPolicy(issuer: "https://verifier.example", measurements: ["ab12", "ab13"])

  private func outcome(
    _ token: [UInt8], _ keys: AttestationKeys, policy: AttestationPolicy = policy, at moment: Int64 = now
  ) -> Result<Int64, AttestationError> {
    do throws(AttestationError) {
      return .success(
        try policy.accept(token, signedBy: keys, nonce: Self.nonce, connection: Self.connection, at: moment))
    } catch {
      return .failure(error)
    }
  }

  private func failure(_ code: AttestationError.Code) -> Result<Int64, AttestationError> {
    .failure(AttestationError(code))
  }

  @Test(arguments: Verifier.algorithms)
  func `takes a good result of each algorithm, and none with a changed bit`(_ algorithm: String) throws {
    let verifier = try Verifier(algorithm)
    let token = try verifier.token(Self.claims())
    let keys = try verifier.keys
    #expect(outcome(token, keys) == .success(Self.now + 600))
    #expect(outcome(token + [0x0A], keys) == .success(Self.now + 600))
    // Every character of the signature, and of the claims; the last of a part may hold bits that count for nothing.
    for place in token.indices where token[place] != 0x2E && place + 1 < token.count && token[place + 1] != 0x2E {
      var changed = token
      changed[place] = changed[place] == 0x41 ? 0x42 : 0x41
      guard changed != token else { continue }
      #expect(throws: AttestationError.self) {
        try Self.policy.accept(
          changed, signedBy: keys, nonce: Self.nonce, connection: Self.connection, at: Self.now)
      }
    }
    #expect(outcome(token, try Verifier(algorithm).keys) == failure(.badSignature))
  }

  @Test(
    arguments: [
      (["iss": "https://other.example"], .otherIssuer), (["iss": nil], .otherIssuer),
      (["exp": nil], .undated), (["iat": nil], .undated), (["exp": "later"], .undated), (["nbf": "later"], .undated),
      (["exp": .integer(Int(now))], .expired), (["exp": .integer(Int(now) - 1)], .expired),
      (["iat": .integer(Int(now) + 61)], .notYetValid), (["nbf": .integer(Int(now) + 61)], .notYetValid),
      (["iat": .integer(Int(now) - 3_600)], .tooOld),
      (["eat_nonce": "b3RoZXI"], .otherNonce), (["eat_nonce": nil], .otherNonce), (["eat_nonce": 7], .otherNonce),
      (["eat_nonce": [.string(nonce), 7]], .otherNonce),
      (["dbgstat": "enabled"], .debuggable), (["dbgstat": nil], .debuggable), (["dbgstat": true], .debuggable),
      (["measurement": "ab14"], .otherMeasurement), (["measurement": nil], .otherMeasurement),
      (["measurement": ["ab12", "ab14"]], .otherMeasurement), (["measurement": []], .otherMeasurement),
      (["tls_spki_sha256": nil], .unbound), (["tls_spki_sha256": "ab12"], .unbound),
      (["tls_spki_sha256": .string(Hex.encode([UInt8](repeating: 7, count: 32)))], .otherConnection),
      (["ear.status": "warning"], .notAffirmed), (["ear.status": "none"], .notAffirmed),
      (["ear.status": nil], .notAffirmed), (["submods": ["affirming"]], .notAffirmed),
      (["submods": ["vm": ["submods": ["gpu": ["ear.status": "warning"]]]]], .notAffirmed),
      (["submods": ["gpu": ["ear.status": "contraindicated"]]], .notAffirmed),
    ] as [([String: JSONValue?], AttestationError.Code)])
  func `names what is missing or other`(_ changes: [String: JSONValue?], _ code: AttestationError.Code) throws {
    let verifier = try Verifier("ES256")
    #expect(outcome(try verifier.token(Self.claims(changes)), try verifier.keys) == failure(code))
  }

  @Test(
    arguments: [
      ["nbf": .integer(Int(now) + 60)], ["eat_nonce": ["other", .string(nonce)]], ["dbgstat": "disabled-permanently"],
      ["measurement": ["ab12", "AB13"]], ["tls_spki_sha256": .string(Base64URL.encode(connection))],
      ["tls_spki_sha256": .string(Base64.encode(connection))], ["ear.status": 2],
      ["ear.status": nil, "submods": ["vm": ["submods": ["gpu": ["ear.status": "affirming"]]]]],
      ["submods": ["cpu": ["ear.status": "affirming"], "gpu": ["ear.status": 2]]],
    ] as [[String: JSONValue?]])
  func `takes every form of what is asked for`(_ changes: [String: JSONValue?]) throws {
    let verifier = try Verifier("ES384")
    #expect(outcome(try verifier.token(Self.claims(changes)), try verifier.keys) == .success(Self.now + 600))
  }

  @Test func `takes a result that says nothing of its status where the configuration says that its verifier does not`()
    throws
  {
    let verifier = try Verifier("ES256")
    var policy = Self.policy
    policy.needsStatus = false
    let keys = try verifier.keys
    let silent = try verifier.token(Self.claims(["ear.status": nil]))
    #expect(outcome(silent, keys, policy: policy) == .success(Self.now + 600))
    let warning = try verifier.token(Self.claims(["ear.status": "warning"]))
    #expect(outcome(warning, keys, policy: policy) == failure(.notAffirmed))
  }

  @Test func `ends at the earliest of expiry and age, whatever the verifier's clock says`() throws {
    let verifier = try Verifier("EdDSA")
    var policy = Self.policy
    policy.maxAgeSeconds = 60
    let keys = try verifier.keys
    #expect(outcome(try verifier.token(Self.claims()), keys, policy: policy) == .success(Self.now + 55))
    let ahead = try verifier.token(Self.claims(["iat": .integer(Int(Self.now) + 30)]))
    #expect(outcome(ahead, keys, policy: policy) == .success(Self.now + 60))
    #expect(outcome(try verifier.token(Self.claims()), keys, policy: policy, at: Self.now + 55) == failure(.tooOld))
  }

  @Test func `looks for claims where the configuration says, and for audience and profile when told`() throws {
    let verifier = try Verifier("PS256")
    var policy = Self.policy
    (policy.audience, policy.profile) = ("cordon", "tag:example,2026:eat")
    policy.claims.measurement = ["submods", "container", "image_digest"]
    policy.claims.debug = ["x-ms-sevsnpvm-is-debuggable"]
    policy.claims.key = ["cnf", "spki"]
    let good: [String: JSONValue?] = [
      "aud": ["other", "cordon"], "eat_profile": "tag:example,2026:eat", "x-ms-sevsnpvm-is-debuggable": false,
      "submods": ["container": ["image_digest": "ab13"]], "cnf": ["spki": .string(Hex.encode(Self.connection))],
      "dbgstat": nil, "measurement": nil, "tls_spki_sha256": nil,
    ]
    let keys = try verifier.keys
    func with(_ change: (inout [String: JSONValue?]) -> Void) throws -> Result<Int64, AttestationError> {
      var claims = good
      change(&claims)
      return outcome(try verifier.token(Self.claims(claims)), keys, policy: policy)
    }
    #expect(try with { _ in } == .success(Self.now + 600))
    #expect(try with { $0["aud"] = "other" } == failure(.otherAudience))
    #expect(try with { $0["eat_profile"] = "tag:example,2025:eat" } == failure(.otherProfile))
    #expect(try with { $0["x-ms-sevsnpvm-is-debuggable"] = true } == failure(.debuggable))
    #expect(try with { $0["submods"] = ["container": [:]] } == failure(.otherMeasurement))
  }
}
