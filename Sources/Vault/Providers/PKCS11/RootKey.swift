import Bytes
import CPKCS11
import Ciphers

/// A key of a token with all its versions, as one call found it.
struct RootKey {
  let id: KeyID
  let versions: [TokenKey]
  private let signs: Bool

  /// The key that wraps; where there is none, the one that signs.
  init(_ id: KeyID, in session: TokenSession) throws(TokenFault) {
    let wrapping = try TokenKey.versions(of: id, TokenKeyUse.wrapping.kind, in: session)
    try self.init(id, in: session, signs: wrapping.isEmpty)
  }

  /// The key that signs, or the one that wraps.
  init(_ id: KeyID, in session: TokenSession, signs: Bool) throws(TokenFault) {
    self.id = id
    self.signs = signs
    versions = try TokenKey.versions(of: id, (signs ? TokenKeyUse.signing : .wrapping).kind, in: session)
    // A token that was pulled out has no keys either.
    guard !versions.isEmpty else { throw TokenFault(unclear: .unknownKey) }
  }

  /// The newest version, when it may be used for `wrapping` and cannot leave the token.
  func newestToUse(by wrapping: TokenWrapping, in session: TokenSession) throws(TokenFault) -> TokenKey {
    guard let newest = versions.last, !signs else { throw TokenFault(.unsupported(.wrap)) }
    guard try session.flag(CORDON_P11_SENSITIVE, of: newest.object),
      try !session.flag(CORDON_P11_EXTRACTABLE, of: newest.object)
    else { throw TokenFault(unclear: .providerRefused) }
    for permission in wrapping.use.permissions {
      guard try session.flag(permission, of: newest.object) else { throw TokenFault(unclear: .keyDisabled) }
    }
    return newest
  }

  /// Whether the newest version may be used for anything.
  func isEnabled(in session: TokenSession) throws(TokenFault) -> Bool {
    guard let newest = versions.last else { return false }
    for use in uses {
      for permission in use.permissions where try session.flag(permission, of: newest.object) { return true }
    }
    return false
  }

  /// What is known about the key.
  func description(in session: TokenSession) throws(TokenFault) -> KeyDescription {
    KeyDescription(
      key: id, state: try isEnabled(in: session) ? .enabled : .disabled, version: versions.last?.version ?? 0)
  }

  /// Allows every version what `allowed` is, or forbids every use of all of them.
  func permit(_ isPermitted: Bool, _ allowed: TokenKeyUse, in session: TokenSession) throws(TokenFault) {
    let allowed = signs ? .signing : allowed
    for version in versions {
      for use in uses where !isPermitted || use == allowed {
        for permission in use.permissions where try session.flag(permission, of: version.object) != isPermitted {
          try session.set(permission, of: version.object, to: isPermitted)
        }
      }
    }
  }

  /// Makes another version, of the kind that the newest one is.
  func generate(_ version: UInt32, _ wrapping: TokenWrapping, in session: TokenSession) throws(TokenFault) {
    let number = TokenKey.id(of: version)
    guard signs, let newest = versions.last else {
      return try session.generateKey(id, id: number, wraps: wrapping.use == .wrapping)
    }
    try session.generatePair(id, id: number, try algorithm(of: newest, in: session))
  }

  /// A signature by the newest version.
  func sign(_ message: [UInt8], in session: TokenSession) throws(TokenFault) -> KeySignature {
    guard let newest = versions.last, signs else { throw TokenFault(unclear: .unknownKey) }
    guard try session.flag(CORDON_P11_SIGN, of: newest.object) else { throw TokenFault(unclear: .keyDisabled) }
    let algorithm = try algorithm(of: newest, in: session)
    let bytes =
      switch algorithm {
      case .ed25519: try session.sign(CORDON_P11_EDDSA, newest.object, message.span)
      case .ecdsaP256:
        try session.sign(CORDON_P11_ECDSA, newest.object, Digest(hashing: message.span).bytes.span)
      }
    guard bytes.count == Signature.byteCount else { throw TokenFault(.providerAnswer) }
    return KeySignature(algorithm: algorithm, bytes: bytes)
  }

  private func algorithm(
    of version: TokenKey, in session: TokenSession
  ) throws(TokenFault) -> KeySignature.Algorithm {
    switch try session.number(CORDON_P11_KEY_TYPE, of: version.object) {
    case CORDON_P11_EC: .ecdsaP256
    case CORDON_P11_EC_EDWARDS: .ed25519
    default: throw TokenFault(.unsupported(.sign))
    }
  }

  private var uses: [TokenKeyUse] { signs ? [.signing] : [.encrypting, .wrapping] }
}
