import Bytes
import Ciphers

/// The public half of the key that signs a log, kept in `keys/log.vkey` of the data directory for everybody.
///
/// The private half is the vault's: whoever opens a log for writing hands it over.
package enum Custody {
  private static let verifierFile = "log.vkey"

  /// The verifier key of a data directory.
  package static func verifier(data: String) throws(LedgerError) -> VerifierKey {
    guard let text = try Directory(data).directory("keys").content(of: verifierFile) else {
      throw LedgerError(.missing)
    }
    return try verifier(text)
  }

  /// The verifier key of the log that `key` signs, which gets its name at the first time; never another key for a log
  /// that has one.
  static func verifier(
    of key: VerificationKey, named origin: Origin, data: String
  ) throws(LedgerError) -> VerifierKey {
    let directory = Directory(data).directory("keys")
    try Directory(data).create()
    try directory.create()
    if let text = try directory.content(of: verifierFile) {
      let verifier = try verifier(text)
      guard verifier.key == key else { throw LedgerError(.invalidKey) }
      return verifier
    }
    guard try LogDirectory(data: data).isEmpty(), let verifier = origin.verifier(of: key) else {
      throw LedgerError(.invalidKey)
    }
    let text = Array("\(verifier)\n".utf8)
    try directory.replace(verifierFile, with: text.span, mode: 0o644)
    return verifier
  }

  private static func verifier(_ text: [UInt8]) throws(LedgerError) -> VerifierKey {
    guard text.last == 0x0A, let key = VerifierKey(String(decoding: text.dropLast(), as: UTF8.self)) else {
      throw LedgerError(.invalidKey)
    }
    return key
  }
}
