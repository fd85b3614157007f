/// Why a computation over encrypted values, or one of its files, was refused.
///
/// It says what was wrong, never with which value.
package struct ComputationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was wrong.
  package enum Code: Hashable, Sendable {
    /// A file that is not in the form it should have, or was cut or changed.
    case malformed
    /// A file of a later version.
    case laterVersion
    /// A file of another kind than the one that is needed.
    case otherKind
    /// Parts that were made under different parameters.
    case otherParameters
    /// Parts that belong to different keys.
    case otherKey
    /// Columns that differ in name, length or number of decimals where they must agree.
    case otherForm
    /// A value outside the bounds that are declared for it.
    case outsideBounds
    /// A result that could exceed the plaintext modulus, and would then be another number.
    case tooLarge
    /// A result whose noise could exceed what decryption can tell from the value.
    case noBudget
    /// A result whose noise could tell the key's holder what the computing party put in.
    case noPrivacy
    /// A ciphertext that has more noise, or another value, than is declared: it was not made as it should be.
    case notAsDeclared
    /// No value to compute with.
    case empty
    /// A number that is not written as decimal digits with at most as many decimals as are declared.
    case notANumber
    /// An operation that the parameters do not offer.
    case notOffered
  }

  /// What was wrong.
  package let code: Code

  /// An error of this kind.
  package init(_ code: Code) { self.code = code }

  /// The code in words.
  package var description: String {
    switch code {
    case .malformed: "the file is not in the form it should have, or was changed"
    case .laterVersion: "the file was written by a later version"
    case .otherKind: "the file is of another kind"
    case .otherParameters: "the parts were made under different parameters"
    case .otherKey: "the parts belong to different keys"
    case .otherForm: "the columns differ in name, length or decimals"
    case .outsideBounds: "a value is outside its declared bounds"
    case .tooLarge: "the result could exceed the plaintext modulus"
    case .noBudget: "the result's noise could exceed the noise budget"
    case .noPrivacy: "too little noise budget is left to hide the computing party's numbers"
    case .notAsDeclared: "a ciphertext is not what it is declared to be"
    case .empty: "there is no value to compute with"
    case .notANumber: "a value is no number with as many decimals as are declared"
    case .notOffered: "the parameters do not offer this operation"
    }
  }
}
