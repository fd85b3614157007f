/// Why a key or a sealed text was refused.
///
/// It says what was wrong, never with which bytes.
package struct CipherError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was wrong.
  package enum Code: Hashable, Sendable {
    /// A key of another length than its use requires, or one that is no point of the curve.
    case invalidKey
    /// A sealed text that is too short, was changed, or was sealed under another key or for another context.
    case notAuthentic
    /// A text beyond what one nonce may encrypt.
    case tooLong
    /// A text of numerals so short that all texts of its form could be tried.
    case domainTooSmall
    /// A numeral that is not below the radix.
    case notANumeral
    /// A file that is not in the form it should have.
    case malformed
    /// A file that none of the keys at hand opens.
    case noMatchingKey
    /// A file that asks for more work than it may.
    case tooCostly
  }

  /// What was wrong.
  package let code: Code

  /// An error of this kind.
  package init(code: Code) { self.code = code }

  /// The code in words.
  package var description: String {
    switch code {
    case .invalidKey: "the key is not valid for its use"
    case .notAuthentic: "the sealed text is not authentic"
    case .tooLong: "the text is too long to seal at once"
    case .domainTooSmall: "fewer than one million texts have this form"
    case .notANumeral: "a numeral is not below the radix"
    case .malformed: "the file is not in the form it should have"
    case .noMatchingKey: "no key at hand opens the file"
    case .tooCostly: "the file asks for more work than it may"
    }
  }
}
