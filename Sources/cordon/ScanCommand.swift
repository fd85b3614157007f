import ArgumentParser
import Deidentification
import Detection

/// `cordon scan`: says where identifiers are and changes nothing.
struct ScanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Report the identifiers in text.",
    discussion: """
      Reports kinds and places, never the text itself. Exit codes: 0 nothing found, 1 something found, 2 bad usage, \
      65 unreadable input, 69 no model, 70 a model failed, 74 output failed. With `--jsonl` the exit code is 0 when every line got its answer.
      """)

  @OptionGroup var options: DocumentOptions

  func run() async throws {
    let scanner = try options.detection.adding(to: Scanner(carveOuts: .safeHarbor(asOf: try options.referenceDate())))
    if options.jsonl {
      try await Worker(.scan(scanner), options).run()
      return
    }
    let failures = Failures()
    let documents = DocumentWalk.documents(at: options.paths, report: failures.report)
    if let output = options.output, let failure = UsageFailure.overwriting(output, readFrom: documents) {
      throw ExitCode(failure.report())
    }
    let run = ScanRun(scanner: scanner, documents: documents, options: options, failures: failures)
    let total = try await run.run()
    if let code = failures.exitCode { throw code }
    if total > 0 { throw ExitCode(1) }
  }
}
