/// What is wrong in a site's lists: a file and a line, never what the line says.
package struct SiteListsError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Code: Hashable, Sendable {
    case unknownList
    case notUTF8
    case noLetters
    case tooLong(limit: Int)
    case noForm
    case unknownKind(allowed: [String])
    case formTooShort
  }

  package var code: Code
  /// The name of the file.
  package var file: String
  /// The line, counted from 1; nil when the mistake is the file's as a whole.
  package var line: Int?

  package init(_ code: Code, in file: String, line: Int? = nil) {
    self.code = code
    self.file = file
    self.line = line
  }
}

extension SiteListsError: CustomStringConvertible {
  /// What is wrong and where.
  package var description: String { "`\(file)`\(line.map { ", line \($0)" } ?? ""): \(reason)" }

  private var reason: String {
    switch code {
    case .unknownList:
      "no such list\nhelp: the lists are \(SiteLists.Name.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))"
    case .notUTF8: "not valid UTF-8"
    case .noLetters: "has fewer than 2 letters"
    case .tooLong(let limit): "is longer than \(limit) bytes"
    case .noForm: "must be a kind, a space and a form such as `MRN TV-####-####`"
    case .unknownKind(let allowed): "the kind must be one of \(allowed.map { "`\($0)`" }.joined(separator: ", "))"
    case .formTooShort: "a form has at least 4 letters and digits, 2 of them digits"
    }
  }
}
