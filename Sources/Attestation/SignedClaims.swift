import Bytes

/// A JSON Web Token in its compact form whose signature was found good (RFC 7515, section 3.1; RFC 7519).
struct SignedClaims {
  /// Longer than any result; a longer one is not read.
  private static let longest = 1 << 16

  /// What the verifier claims.
  let claims: JSONValue

  /// The claims in `token`, which one of `keys` must have signed.
  ///
  /// The key decides on the algorithm, and the token's header may only agree (RFC 8725, sections 3.1 and 3.2). A header
  /// that asks for something to be understood is refused (RFC 7515, section 4.1.11).
  init(_ token: [UInt8], signedBy keys: AttestationKeys) throws(AttestationError) {
    guard token.count <= Self.longest else { throw AttestationError(.malformed) }
    let parts = Self.trimmed(token).split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Self.object(parts[0]), header["crit"] == nil, header["b64"] == nil,
      let signature = Base64URL.decode(Array(parts[2]).span)
    else { throw AttestationError(.malformed) }
    guard let algorithm = header["alg"]?.string.flatMap(AttestationKey.Algorithm.init(rawValue:)) else {
      throw AttestationError(.unsupportedAlgorithm)
    }
    let name = header["kid"]
    guard name == nil || name?.string != nil else { throw AttestationError(.malformed) }
    let key = try keys.key(named: name?.string, for: algorithm)
    guard key.accepts(signature, of: Array(parts[0]) + [0x2E] + Array(parts[1])) else {
      throw AttestationError(.badSignature)
    }
    guard let claims = Self.object(parts[1]) else { throw AttestationError(.malformed) }
    self.claims = claims
  }

  /// The claim at a path of names.
  subscript(path: [String]) -> JSONValue? {
    path.reduce(claims) { value, name in value?[name] }
  }

  /// A moment in seconds of Unix time (RFC 7519, section 2, NumericDate).
  func moment(_ name: String) -> Int64? {
    guard case .number(let digits)? = claims[name], let seconds = Double(digits), abs(seconds) < 1e15 else {
      return nil
    }
    return Int64(seconds.rounded(.down))
  }

  private static func object(_ part: ArraySlice<UInt8>) -> JSONValue? {
    guard let text = Base64URL.decode(Array(part).span), let value = try? JSONValue(parsing: text),
      let members = value.members, Set(members.map(\.name)).count == members.count
    else { return nil }
    return value
  }

  private static func trimmed(_ token: [UInt8]) -> ArraySlice<UInt8> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    return token.drop(while: isSpace).prefix { !isSpace($0) }
  }
}
