import ArgumentParser
import Bytes
import Deidentification
import Detection
import PHI

/// `cordon redact`: documents in, the same documents without identifiers out.
struct RedactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redact", abstract: "Replace the identifiers in text.",
    discussion: """
      Everything but the identifiers is copied byte for byte. A file is written whole or not at all, and never over its \
      own input. Exit codes: 0 done, 2 bad usage, 65 unreadable input, 69 no model, 70 a model failed, 74 output failed.
      """)

  @OptionGroup var options: DocumentOptions

  @Option(help: "What is replaced by what.")
  var profile = RedactionProfile.safeHarbor

  func run() async throws {
    let profile = profile.profile(asOf: try options.referenceDate())
    let scanner = try options.detection.adding(to: Scanner(carveOuts: profile.carveOuts))
    let deidentifier = Deidentifier(profile, scanner: scanner)
    if options.jsonl {
      try await Worker(.redact(deidentifier), options).run()
      return
    }
    let failures = Failures()
    let documents = DocumentWalk.documents(at: options.paths, report: failures.report)
    let destination: RedactionDestination
    do {
      destination = try RedactionDestination(options, for: documents)
    } catch let failure as UsageFailure {
      throw ExitCode(failure.report())
    }
    let run = RedactionRun(
      deidentifier: deidentifier, documents: documents, destination: destination, options: options, failures: failures)
    try await run.run()
    if let code = failures.exitCode { throw code }
  }
}

/// The profiles that `redact` offers.
enum RedactionProfile: String, ExpressibleByArgument, CaseIterable {
  case safeHarbor = "safe-harbor"

  func profile(asOf reference: CalendarDate) -> Profile {
    switch self {
    case .safeHarbor: .safeHarbor(asOf: reference)
    }
  }
}
