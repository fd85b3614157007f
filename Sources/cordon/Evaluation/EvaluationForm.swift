import ArgumentParser
import Bytes

/// How scores are written.
enum EvaluationForm: String, EnumerableFlag {
  case terminal, json, markdown

  func write(_ sections: [any EvaluationSection]) -> String {
    switch self {
    case .terminal: sections.map { $0.text(.terminal) }.joined(separator: "\n\n")
    case .markdown:
      sections.map { ($0.title.map { "## \($0)\n\n" } ?? "") + $0.text(.markdown) }.joined(separator: "\n\n")
    case .json: String(decoding: JSONValue.object(sections.flatMap(\.json)).bytes, as: UTF8.self)
    }
  }
}
