import CPKCS11

/// A version of a key in a token: the objects of one label are told apart by their id, which is the version's number.
struct TokenKey: Hashable {
  /// The largest id that is a version: 4 bytes, big-endian.
  static let idLength = 4

  let object: UInt
  let version: UInt32

  /// The versions of a key, oldest first; objects with an id that is no number of 1 to 4 bytes are not Cordon's.
  static func versions(
    of label: KeyID, _ kind: UInt, in session: TokenSession
  ) throws(TokenFault) -> [TokenKey] {
    var keys: [TokenKey] = []
    for object in try session.keys(kind, label: label) {
      let id = try session.bytes(CORDON_P11_ID, of: object)
      guard (1...idLength).contains(id.count) else { continue }
      let version = id.reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
      if version > 0 { keys.append(TokenKey(object: object, version: version)) }
    }
    keys.sort { $0.version < $1.version }
    guard zip(keys, keys.dropFirst()).allSatisfy({ $0.version < $1.version }) else {
      throw TokenFault(.providerAnswer)
    }
    return keys
  }

  /// The id of a version.
  static func id(of version: UInt32) -> [UInt8] {
    var id: [UInt8] = []
    id.append(bigEndian: version)
    return id
  }
}

/// What a key in a token is for: which objects make it up, and the attributes that allow its use.
enum TokenKeyUse: CaseIterable {
  case encrypting
  case wrapping
  case signing

  /// The attributes that are false while the key is disabled.
  var permissions: [UInt] {
    switch self {
    case .encrypting: [CORDON_P11_ENCRYPT, CORDON_P11_DECRYPT]
    case .wrapping: [CORDON_P11_WRAP, CORDON_P11_UNWRAP]
    case .signing: [CORDON_P11_SIGN]
    }
  }

  /// The class of the objects.
  var kind: UInt { self == .signing ? CORDON_P11_PRIVATE_KEY : CORDON_P11_SECRET_KEY }
}
