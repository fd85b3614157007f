import Bytes
package import Ciphers

/// The name of a project or a release whose tokens belong together: 1 to 64 ASCII letters, digits, `.`, `-` and `_`.
///
/// It stands in the log and on command lines: never name a scope after a person.
package struct ScopeName: Hashable, Sendable, LosslessStringConvertible {
  /// The name.
  package let description: String

  /// The name, when it is one.
  package init?(_ text: String) {
    guard
      (1...64).contains(text.utf8.count),
      text.utf8.allSatisfy({ ASCII.isLetter($0) || ASCII.isDigit($0) || [0x2D, 0x2E, 0x5F].contains($0) })
    else { return nil }
    description = text
  }

  /// Whose key the crosswalk of the scope is under.
  var subject: SubjectReference { SubjectReference(.record, "cordon:token-scope|\(self)") }
}

/// How many people it takes to turn one token of a scope back; many tokens always take two.
package enum RevealPolicy: String, Hashable, Sendable, CaseIterable {
  /// One person with the role and a reason: for tokens in daily use inside the house.
  case single
  /// Two people: for the crosswalk of a data set that was released.
  case dual
}

/// A scope as it stands.
package struct TokenScope: Hashable, Sendable {
  /// Its name.
  package let name: ScopeName
  /// How many people a token takes; fixed when the scope is made.
  package let policy: RevealPolicy
  /// The tag of the key of its crosswalk, by which it is held or destroyed.
  package let subject: Digest
  /// When it was made.
  package let created: Moment
  /// When its crosswalk was destroyed.
  package let disposed: Moment?
  /// How many tokens of each kind it has.
  package let tokens: [TokenKind: Int]
}
