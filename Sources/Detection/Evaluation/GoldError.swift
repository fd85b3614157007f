/// Why a labelled corpus cannot be read.
package struct GoldError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Code: Sendable { case notJSON, missingMember, spanOutsideText }

  /// What is wrong.
  package var code: Code
  /// The line of the corpus, from 1; 0 when it is not known.
  package var line: Int

  /// What is wrong on a line.
  package init(code: Code, line: Int) {
    self.code = code
    self.line = line
  }

  static let missingMember = GoldError(code: .missingMember, line: 0)
  static let spanOutsideText = GoldError(code: .spanOutsideText, line: 0)
}

extension GoldError: CustomStringConvertible {
  /// What is wrong and where.
  package var description: String {
    switch code {
    case .notJSON: "line \(line) is not JSON"
    case .missingMember: "line \(line) lacks `id`, `text` or `spans`, or a span lacks `start`, `end` or `label`"
    case .spanOutsideText: "line \(line) has a span outside its text"
    }
  }
}
