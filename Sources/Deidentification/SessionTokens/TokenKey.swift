internal import PHI

/// The secret of one caller from which the check letters of session tokens are made.
///
/// A token of another caller, or one that a model altered or made up, has other check letters and resolves to nothing;
/// one guess in 8,000 passes, and then only to a value that is in the same conversation anyway.
package struct TokenKey: Sendable {
  private let low: UInt64
  private let high: UInt64

  /// A key of 128 bits.
  package init(_ low: UInt64, _ high: UInt64) {
    self.low = low
    self.high = high
  }

  /// The key of one of several conversations that are carried together: a token of one is none of another.
  package func part(_ number: Int) -> TokenKey {
    let message = UInt64(truncatingIfNeeded: number) << 1 | 1 << 63
    return TokenKey(SipHash.hash(message, key: (low, high)), SipHash.hash(message | 1, key: (low, high)))
  }

  /// The token of this kind, index and form, with its check letters.
  func token(_ identifier: Identifier, index: UInt32, form: UInt32) -> SessionToken {
    let key = SessionToken.key(identifier, index, form)
    var check = UInt16(SipHash.hash(key, key: (low, high)) % UInt64(TokenGrammar.checks))
    // `Z` before `IP_1_KTQ` reads `ZIP_1_KTQ`: the two must never be tokens of one conversation.
    if identifier == .zipCode, check == token(.ipAddress, index: index, form: form).check {
      check = (check + 1) % TokenGrammar.checks
    }
    return SessionToken(identifier: identifier, index: index, form: form, check: check)
  }
}

extension TokenKey: CustomStringConvertible, CustomReflectable {
  /// Nothing of the key.
  package var description: String { "TokenKey" }
  /// Nothing of the key.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
