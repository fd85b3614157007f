import Bytes
package import Ciphers

/// A token of Vault or OpenBao, which no description shows.
package final class TransitToken: Sendable {
  private let secret: SecretBytes

  /// The token with these characters.
  package init(_ secret: consuming SecretBytes) { self.secret = secret }

  /// The value of the header that carries it.
  var headerValue: String { secret.withBytes { String(decoding: $0) } }

  /// Whether two tokens are the same.
  func isSame(as other: TransitToken) -> Bool {
    let bytes = other.secret.withBytes { [UInt8](copying: $0) }
    return secret.withBytes { equalInConstantTime($0, bytes.span) }
  }
}

extension TransitToken: CustomStringConvertible, CustomReflectable {
  /// Nothing of the token.
  package var description: String { "a token" }
  /// Nothing: a dump shows no secret.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// When a token is due to be renewed: at first use, then whenever half of its time is over.
struct TransitRenewal {
  private static let pauseAfterFailure: Int64 = 30_000

  private var next: Moment? = Moment(milliseconds: .min)

  /// Whether whoever asks is to renew the token now; nobody else is until it is settled.
  mutating func isDue(at now: Moment) -> Bool {
    guard let next, now >= next else { return false }
    self.next = Moment(milliseconds: now.milliseconds + Self.pauseAfterFailure)
    return true
  }

  /// The token lives so many seconds more; one that lives for ever, or cannot be renewed, has nothing due.
  mutating func settle(seconds: Int, isRenewable: Bool, at now: Moment) {
    let isEndless = seconds <= 0 || !isRenewable
    next = isEndless ? nil : Moment(milliseconds: now.milliseconds + Int64(min(seconds, 1 << 31)) * 500)
  }
}
