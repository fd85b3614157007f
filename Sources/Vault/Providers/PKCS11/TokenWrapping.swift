import Bytes
import CPKCS11
import Ciphers

/// How a token's key wraps a secret together with its context.
///
/// A wrapped secret begins with the number of its form, so that what was wrapped in one way unwraps after another was
/// chosen.
///
/// ## Construction
/// - `gcm`: a fresh nonce of 12 bytes, then the secret encrypted by AES-256-GCM with its tag; the context is associated
///   data, which the token authenticates.
/// - `padded` and `plain`: AES key wrapping (RFC 5649, RFC 3394) has no place for a context. So the digest of the context
///   is wrapped with the secret, before it, with the secret's length in between; key wrapping authenticates all of it, and
///   a secret whose digest is not that of the context asked for is refused after it is unwrapped, and wiped.
package enum TokenWrapping: UInt8, Hashable, Sendable, CaseIterable {
  case gcm = 1
  case padded = 2
  case plain = 3

  /// The longest secret that is wrapped.
  static let longest = 4096
  private static let nonceLength = 12
  private static let tagLength = 16

  /// Whether the token itself authenticates the context.
  var bindsContext: Bool { self == .gcm }

  var use: TokenKeyUse { self == .gcm ? .encrypting : .wrapping }

  private var mechanism: UInt {
    switch self {
    case .gcm: CORDON_P11_AES_GCM
    case .padded: CORDON_P11_AES_KEY_WRAP_PAD
    case .plain: CORDON_P11_AES_KEY_WRAP
    }
  }

  private var uses: UInt {
    self == .gcm ? CORDON_P11_CAN_ENCRYPT | CORDON_P11_CAN_DECRYPT : CORDON_P11_CAN_WRAP | CORDON_P11_CAN_UNWRAP
  }

  /// The first of `wanted` that the token in `slot` has.
  static func first(of wanted: [TokenWrapping], _ module: PKCS11Module, slot: UInt) throws(TokenFault) -> TokenWrapping
  {
    for wrapping in wanted where try module.has(wrapping.mechanism, for: wrapping.uses, in: slot) { return wrapping }
    throw TokenFault(.unsupported(.wrap))
  }

  /// The secret wrapped for `context`.
  func wrap(
    _ secret: borrowing SecretBytes, _ context: KeyContext, _ key: UInt, in session: TokenSession
  ) throws(TokenFault) -> [UInt8] {
    guard (1...Self.longest).contains(secret.count) else { throw TokenFault(.malformed) }
    var clear = secret.withBytes { [UInt8](copying: $0) }
    defer { clear.wipe() }
    switch self {
    case .gcm:
      let nonce = try session.random(Self.nonceLength)
      let sealed = try session.gcm(
        encrypts: true, key, nonce: nonce, associated: Self.associated(context), clear.span)
      guard sealed.count == clear.count + Self.tagLength else { throw TokenFault(.providerAnswer) }
      return [rawValue] + nonce + sealed
    case .padded, .plain:
      var bound = Digest(hashing: Self.associated(context).span).bytes
      defer { bound.wipe() }
      bound.reserveCapacity(48 + clear.count)
      bound.append(bigEndian: UInt64(clear.count))
      bound.append(contentsOf: clear)
      while !bound.count.isMultiple(of: 8) { bound.append(0) }
      return [rawValue] + (try session.wrap(mechanism, key, bound.span))
    }
  }

  /// The secret that was wrapped for `context`.
  static func unwrap(
    _ wrapped: [UInt8], _ context: KeyContext, _ key: UInt, in session: TokenSession
  ) throws(TokenFault) -> SecretBytes {
    guard let form = wrapped.first.flatMap(TokenWrapping.init), wrapped.count <= longest + 128 else {
      throw TokenFault(.malformed)
    }
    let rest = Array(wrapped.dropFirst())
    switch form {
    case .gcm:
      guard rest.count > nonceLength + tagLength else { throw TokenFault(.malformed) }
      var clear = try session.gcm(
        encrypts: false, key, nonce: Array(rest.prefix(nonceLength)), associated: associated(context),
        rest.span.extracting(droppingFirst: nonceLength))
      return SecretBytes(taking: &clear)
    case .padded, .plain:
      var bound = try session.unwrap(form.mechanism, key, rest.span)
      defer { bound.wipe() }
      let start = Digest.byteCount + 8
      guard bound.count > start else { throw TokenFault(.notAuthentic) }
      let count = bound[Digest.byteCount..<start].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      let digest = Digest(hashing: associated(context).span).bytes
      guard equalInConstantTime(digest.span, bound.span.extracting(0..<Digest.byteCount)),
        count > 0, count <= UInt64(bound.count - start), bound.count - start - Int(count) < 8
      else { throw TokenFault(.notAuthentic) }
      var clear = [UInt8](copying: bound.span.extracting(start..<start + Int(count)))
      return SecretBytes(taking: &clear)
    }
  }

  private static func associated(_ context: KeyContext) -> [UInt8] {
    Array("cordon pkcs11 wrap v1".utf8) + context.bytes
  }
}
