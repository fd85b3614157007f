import Foundation

/// What is done to a value before its blind index is computed, so that its spellings meet.
package struct Normalisation: Sendable {
  private let normalised: @Sendable (String) -> String

  /// The normalisation that `normalised` does.
  package init(_ normalised: @escaping @Sendable (String) -> String) { self.normalised = normalised }

  func callAsFunction(_ value: String) -> String { normalised(value) }

  /// The value as it is.
  package static let exact = Normalisation { $0 }

  /// Upper and lower case meet, and so do all runs of white space; those at the ends are dropped.
  package static let words = Normalisation { value in
    composed(value).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Letters and digits only, in lower case: numbers whose groups are separated in different ways meet.
  package static let number = Normalisation { value in composed(value).filter { $0.isLetter || $0.isNumber } }

  // A letter and its accent may be written as one code point or as two.
  private static func composed(_ value: String) -> String { value.lowercased().precomposedStringWithCanonicalMapping }
}
