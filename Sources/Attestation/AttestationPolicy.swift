import Bytes

/// What the evidence about a vendor's machine must say before anything of a patient goes there.
///
/// The evidence is a result that a verifier signed after it had appraised the machine (RFC 9334, section 8.4), in the
/// claims of an Entity Attestation Token (RFC 9711). The keys of the verifier are pinned.
package struct AttestationPolicy: Hashable, Sendable {
  /// Who must have made the result.
  package var issuer: String
  /// For whom; nil where that does not matter.
  package var audience: String?
  /// The profile of the token (RFC 9711, section 4.3.2); nil where that does not matter.
  package var profile: String?
  /// What may run there, in small letters.
  package var measurements: Set<String>
  /// How old a result may become.
  package var maxAgeSeconds = 3_600
  /// Whether the result has to say that it was affirmed; some verifiers make none that is not, and say nothing of it.
  package var needsStatus = true
  /// Where the result has what EAT leaves to profiles.
  package var claims = Claims()

  /// Where to find claims: the names on the way to each.
  package struct Claims: Hashable, Sendable {
    /// What runs there.
    package var measurement = ["measurement"]
    /// The SHA-256 digest of the public key that the machine's TLS presents, as SubjectPublicKeyInfo.
    package var key = ["tls_spki_sha256"]
    /// Whether it can be debugged (RFC 9711, section 4.2.9).
    package var debug = ["dbgstat"]

    /// The usual places.
    package init() {}
  }

  /// What a clock of the verifier's may be ahead of ours.
  private static let leewaySeconds: Int64 = 60
  /// The states in which nobody can look into the machine.
  private static let sealed: Set = [
    "disabled", "disabled-since-boot", "disabled-permanently", "disabled-fully-and-permanently",
  ]

  /// A policy that asks for this issuer and one of these measurements.
  package init(issuer: String, measurements: some Sequence<String>) {
    self.issuer = issuer
    self.measurements = Set(measurements.map { $0.lowercased() })
  }

  /// Checks a result, and gives the second of Unix time at which it ends.
  ///
  /// `nonce` is what was sent with the question, and nobody could know before; `connection` is the SHA-256 digest of the
  /// public key of the connection that the result came through; `now` is the second of Unix time.
  package func accept(
    _ token: [UInt8], signedBy keys: AttestationKeys, nonce: String, connection: [UInt8], at now: Int64
  ) throws(AttestationError) -> Int64 {
    let result = try SignedClaims(token, signedBy: keys)
    let claims = result.claims
    guard claims["iss"]?.string == issuer else { throw AttestationError(.otherIssuer) }
    if let audience {
      guard Self.texts(claims["aud"]).contains(audience) else { throw AttestationError(.otherAudience) }
    }
    if let profile {
      guard claims["eat_profile"]?.string == profile else { throw AttestationError(.otherProfile) }
    }
    let end = try end(of: result, at: now)
    guard Self.texts(claims["eat_nonce"]).contains(nonce) else { throw AttestationError(.otherNonce) }
    guard isAffirmed(claims) else { throw AttestationError(.notAffirmed) }
    guard Self.isSealed(result[self.claims.debug]) else { throw AttestationError(.debuggable) }
    let found = Self.texts(result[self.claims.measurement])
    guard !found.isEmpty, found.allSatisfy({ measurements.contains($0.lowercased()) }) else {
      throw AttestationError(.otherMeasurement)
    }
    guard let key = result[self.claims.key]?.string.flatMap(Self.digest) else { throw AttestationError(.unbound) }
    guard key == connection else { throw AttestationError(.otherConnection) }
    return end
  }

  private func end(of result: SignedClaims, at now: Int64) throws(AttestationError) -> Int64 {
    guard let made = result.moment("iat"), let expires = result.moment("exp") else { throw AttestationError(.undated) }
    guard made <= now + Self.leewaySeconds else { throw AttestationError(.notYetValid) }
    if result.claims["nbf"] != nil {
      guard let begins = result.moment("nbf") else { throw AttestationError(.undated) }
      guard begins <= now + Self.leewaySeconds else { throw AttestationError(.notYetValid) }
    }
    guard now < expires else { throw AttestationError(.expired) }
    let oldest = made + Int64(maxAgeSeconds)
    guard now < oldest else { throw AttestationError(.tooOld) }
    // A clock that is ahead must not lengthen the time.
    return min(expires, oldest, now + Int64(maxAgeSeconds))
  }

  /// Whether every appraisal in the result, of the whole and of each part, says `affirming`, the first tier of
  /// trustworthiness (Internet-Draft draft-ietf-rats-ar4si, section 3.2; draft-ietf-rats-ear, `ear.status`), and one does.
  private func isAffirmed(_ claims: JSONValue) -> Bool {
    guard let statuses = Self.statuses(claims, depth: 0) else { return false }
    return statuses.allSatisfy { $0.string == "affirming" || $0.integer == 2 } && (!needsStatus || !statuses.isEmpty)
  }

  /// What is said of the whole and of its parts, and of theirs; nil when the parts are not where they have to be, or too
  /// deep to be any.
  private static func statuses(_ claims: JSONValue, depth: Int) -> [JSONValue]? {
    var found = claims["ear.status"].map { [$0] } ?? []
    guard let parts = claims["submods"] else { return found }
    guard depth < 8, let members = parts.members else { return nil }
    for part in members {
      guard let inner = statuses(part.value, depth: depth + 1) else { return nil }
      found += inner
    }
    return found
  }

  private static func isSealed(_ value: JSONValue?) -> Bool {
    value == .bool(false) || value?.string.map(sealed.contains) == true
  }

  /// A text, or each of a list; nothing when one of them is no text.
  private static func texts(_ value: JSONValue?) -> [String] {
    guard let list = value?.array else { return value?.string.map { [$0] } ?? [] }
    let texts = list.compactMap(\.string)
    return texts.count == list.count ? texts : []
  }

  /// A SHA-256 digest in hexadecimal or Base64.
  private static func digest(_ text: String) -> [UInt8]? {
    [Hex.decode(text), Base64URL.decode(text), Base64.decode(text)].compactMap(\.self).first { $0.count == 32 }
  }
}
