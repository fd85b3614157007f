import ArgumentParser
import Bytes
import Detection

/// `cordon evaluate`: how well detection does on labelled corpora.
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Score detection against labelled text.",
    discussion: """
      A corpus is a file of lines {"id","text","spans":[{"start","end","label"}]}, offsets in Unicode code points. \
      Letters and digits are counted, all documents of a corpus together. Exit codes: 0 scored, 2 bad usage, \
      65 unreadable corpus.
      """)

  @Argument(help: "Corpora, as JSON lines.")
  var corpora: [String]

  @Flag(help: "How the scores are written: as JSON, or as Markdown.")
  var form: EvaluationForm = .terminal

  func run() async throws {
    let failures = Failures()
    var evaluations: [Evaluation] = []
    for path in corpora {
      do {
        evaluations.append(try await Evaluation(of: path))
      } catch {
        failures.report(error, about: Document(path: path, relativePath: path, size: nil))
      }
    }
    if !evaluations.isEmpty { StandardOutput.line(form.write(evaluations)) }
    if let code = failures.exitCode { throw code }
  }
}

/// How scores are written.
enum EvaluationForm: String, EnumerableFlag {
  case terminal, json, markdown

  func write(_ evaluations: [Evaluation]) -> String {
    switch self {
    case .terminal: EvaluationTable(evaluations, style: .terminal).text
    case .markdown: EvaluationTable(evaluations, style: .markdown).text
    case .json:
      String(decoding: JSONValue.object([JSONMember("corpora", .array(evaluations.map(\.json)))]).bytes, as: UTF8.self)
    }
  }
}
