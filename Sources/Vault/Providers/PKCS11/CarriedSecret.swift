import Bytes
import Ciphers

/// A secret on its way from one thread to another.
final class CarriedSecret: Sendable {
  let secret: SecretBytes

  init(_ secret: consuming SecretBytes) { self.secret = secret }

  convenience init(copying secret: borrowing SecretBytes) {
    var bytes = secret.withBytes { [UInt8](copying: $0) }
    self.init(SecretBytes(taking: &bytes))
  }

  /// The secret for its next owner.
  func copy() -> SecretBytes {
    var bytes = secret.withBytes { [UInt8](copying: $0) }
    return SecretBytes(taking: &bytes)
  }
}
