import ArgumentParser
import Bytes
import Deidentification
import Detection
import struct Foundation.URL

/// `cordon deid text`: documents in, the same documents by a profile out, with a report.
struct DeidTextCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "text", abstract: "De-identify text by a profile.",
    discussion: """
      Everything but the identifiers is copied byte for byte. What is done with each kind of identifier follows from the \
      profile and from the options that change it; the report names it. Exit codes: 0 done, 2 refused or bad usage, \
      65 unreadable input, 69 no model or no vault, 70 a model failed, 74 output failed.
      """)

  @OptionGroup var options: DocumentOptions
  @OptionGroup var profile: DeidProfileOptions
  @OptionGroup var methods: DeidMethodOptions
  @OptionGroup var tokens: DeidTokenOptions

  @Option(help: "Write the report to this file, as JSON; without it, a summary goes to standard error.")
  var report: String?

  func validate() throws {
    if tokens.tokens == .vault, options.jsonl {
      throw ValidationError("`--tokens vault` is for documents: their tokens are written down before the text is")
    }
    if report != nil, options.jsonl {
      throw ValidationError("`--report` is for documents: with `--jsonl` each line has its own answer")
    }
  }

  func run() async throws {
    do {
      try await deidentify()
    } catch let failure as UsageFailure {
      throw ExitCode(failure.report())
    }
  }

  private func deidentify() async throws {
    let before = try await tokens.announce()
    do {
      try await deidentify(by: try await tokens.codebook())
    } catch {
      try await tokens.tell(after: before)
      throw error
    }
    try await tokens.tell(after: before)
  }

  private func deidentify(by codebook: Codebook) async throws {
    let keys = try profile.keys(codebook: codebook)
    let named = try profile.profile(codebook: codebook, asOf: try options.referenceDate())
    let chosen = try methods.apply(to: try tokens.apply(to: named, keys: keys), keys: keys)
    let scanner = try options.detection.adding(to: Scanner(carveOuts: chosen.carveOuts))
    let deidentifier = Deidentifier(chosen, scanner: scanner)
    if options.jsonl {
      try await Worker(.redact(deidentifier), options).run()
      return
    }
    let failures = Failures()
    let documents = DocumentWalk.documents(at: options.paths, report: failures.report)
    let destination = try RedactionDestination(options, for: documents)
    if let report, let failure = UsageFailure.overwriting(report, readFrom: documents) { throw failure }
    try refuseOverwriting(documents, destination)
    let run = RedactionRun(
      deidentifier: deidentifier, documents: documents, destination: destination, options: options, failures: failures,
      codebook: codebook)
    let done = RedactionReport(chosen, counts: try await run.run())
    if failures.exitCode == nil {
      do throws(FileFailure) {
        try write(done)
      } catch {
        failures.report(error)
      }
    }
    if let code = failures.exitCode { throw code }
  }

  /// Refuses outputs that are one file, or a file with a secret, a plan or known identifiers.
  private func refuseOverwriting(_ documents: [Document], _ destination: RedactionDestination) throws {
    let texts = documents.compactMap { destination.path(for: $0) }
    let read = [profile.project.keyFile, profile.project.plan, options.detection.known].compactMap(\.self)
    let identities = Set(read.compactMap { FileIdentity($0) })
    for output in texts + [report].compactMap(\.self) where FileIdentity(output).map(identities.contains) == true {
      throw UsageFailure("`\(output)` is an input and would be overwritten", help: "write to another file or directory")
    }
    guard let report, FileStatus(report)?.kind != .other else { return }
    let place = URL(filePath: report).resolvingSymlinksInPath().path
    if texts.contains(where: { URL(filePath: $0).resolvingSymlinksInPath().path == place }) {
      throw UsageFailure("`\(report)` is where the text goes", help: "write the report to another file")
    }
  }

  private func write(_ done: RedactionReport) throws(FileFailure) {
    guard let report else { return StandardError.line(done.summary) }
    var file = try OutputFile(report)
    try file.write(done.json.bytes + [0x0A])
    try file.commit()
  }
}

extension RedactionReport {
  /// The report in a few lines: what was found, what was done with it, and what may still lead to a person.
  fileprivate var summary: String {
    let kinds = counts.present.map { "\($0.identifier) \($0.count) \(method(for: $0.identifier))" }
    let found = kinds.isEmpty ? "nothing found" : kinds.joined(separator: ", ")
    return (["\(profile.rawValue): \(found)"] + risks.map { "risk: \($0.statement)" }).joined(separator: "\n")
  }
}
