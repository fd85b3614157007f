import Bytes
import Ciphers

/// A witness's statement that it saw a checkpoint as the newest of its log, as C2SP `tlog-cosignature` defines it.
package struct Cosignature: Hashable, Sendable {
  /// The witness.
  package let key: VerifierKey
  /// When it was made, in seconds since 1970.
  package let time: UInt64

  // The last second of the year 9999, which is the last year that a timestamp can name. A witness that counts
  // milliseconds is beyond it.
  fileprivate static let latest: UInt64 = 253_402_300_799

  /// What a witness signs for the checkpoint whose text is `text`.
  static func message(_ text: [UInt8], at time: UInt64) -> [UInt8] {
    Array("cosignature/v1\ntime \(time)\n".utf8) + text
  }
}

extension SignedNote.SignatureLine {
  /// The cosignature that this line is of `text`; nil when it is not one by `key`.
  package func cosignature(of text: [UInt8], by key: VerifierKey) -> Cosignature? {
    guard key.kind == .cosignature, name == key.name, keyHash == key.hash,
      signature.count == 8 + Signature.byteCount
    else { return nil }
    let time = signature[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let message = Cosignature.message(text, at: time)
    guard time <= Cosignature.latest, let signature = Signature(Array(signature[8...]).span),
      key.key.accepts(signature, of: message.span)
    else { return nil }
    return Cosignature(key: key, time: time)
  }
}

extension SignedNote {
  /// The cosignatures by these keys, one each at most; what others signed is passed over.
  package func cosignatures(by keys: [VerifierKey]) -> [Cosignature] {
    keys.compactMap { key in
      signatures.lazy.compactMap { $0.cosignature(of: text, by: key) }.first
    }
  }
}
