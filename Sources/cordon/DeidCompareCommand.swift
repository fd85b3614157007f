import ArgumentParser
import Bytes
import Deidentification
import Formats
import PHI

/// `cordon deid compare`: what profiles keep and lose of a sample, and the choice that follows from it.
struct DeidCompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Show side by side what profiles keep and lose of a sample.",
    discussion: """
      Prints counts, shares and shapes, never a value. With `--choose` the choice is stored with its reason, its author \
      and the figures, in a file that must not exist. Exit codes: 0 done, 2 refused or bad usage, 65 unreadable input, \
      74 output failed.
      """)

  @Argument(help: "Files or directories of the sample; `-`, or nothing, is standard input.")
  var paths: [String] = []

  @Option(help: "The profiles to compare, separated by commas.")
  var profiles = DeidProfileNames(names: [.safeHarbor, .limitedDataSet])

  @OptionGroup var project: DeidProjectOptions

  @Option(help: "The day as of which ages are reckoned, as 2026-11-21; today unless given.")
  var asOf: String?

  @Flag(help: "How the comparison is written: for the terminal, or as JSON.")
  var form: DeidComparisonForm = .terminal

  @Option(help: "The profile that is chosen, one of those compared.")
  var choose: Profile.Name?

  @Option(help: "Why it is chosen.")
  var reason: String?

  @Option(help: "Who chose it.")
  var author: String?

  @Option(help: "The file for the record of the choice.")
  var record = "deid-decision.json"

  func validate() throws {
    guard let choose else {
      if reason != nil || author != nil { throw ValidationError("`--reason` and `--author` are for `--choose`") }
      return
    }
    guard profiles.names.contains(choose) else {
      throw ValidationError("`--choose` is one of the profiles compared")
    }
    guard let reason, let author, !reason.isEmpty, !author.isEmpty else {
      throw ValidationError("`--choose` needs `--reason` and `--author`")
    }
  }

  func run() async throws {
    do {
      try compare()
    } catch let failure as UsageFailure {
      throw ExitCode(failure.report())
    }
  }

  private func compare() throws {
    if choose != nil, FileStatus(record) != nil {
      throw UsageFailure("`\(record)` exists and is not overwritten", help: "name another file with `--record`")
    }
    let reference = try CalendarDate.named(asOf)
    var comparison = ProfileComparison(try profiles.names.map { try candidate($0, asOf: reference) })
    let failures = Failures()
    for document in DocumentWalk.documents(at: paths, report: failures.report) {
      do {
        try comparison.add(try DocumentReader.text(of: document))
      } catch {
        failures.report(error, about: document)
      }
    }
    if let code = failures.exitCode { throw code }
    StandardOutput.line(form.write(comparison))
    guard let choose, let reason, let author else { return }
    let decision = DeidDecision(
      chosen: choose, reason: reason, author: author, day: reference, comparison: comparison)
    do throws(FileFailure) {
      try decision.write(to: record)
    } catch {
      failures.report(error)
    }
    if let code = failures.exitCode { throw code }
  }

  private func candidate(_ name: Profile.Name, asOf reference: CalendarDate) throws -> ProfileComparison.Candidate {
    switch name {
    case .safeHarbor: .profile(.safeHarbor(asOf: reference))
    case .limitedDataSet: .limitedDataSet(asOf: reference)
    case .expert: .profile(try expert(asOf: reference))
    case .internalDisplay: .profile(.internalDisplay(asOf: reference))
    }
  }

  private func expert(asOf reference: CalendarDate) throws -> Profile {
    let codebook = Codebook(using: SystemRandomNumberGenerator())
    return try project.expert(of: project.project.map { _ in "sample" }, codebook: codebook, asOf: reference)
  }
}

/// Names of profiles, separated by commas.
struct DeidProfileNames: ExpressibleByArgument {
  let names: [Profile.Name]

  init(names: [Profile.Name]) { self.names = names }

  init?(argument: String) {
    let names = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      Profile.Name(rawValue: String($0))
    }
    guard !names.contains(nil), Set(names).count == names.count else { return nil }
    self.names = names.compactMap(\.self)
  }

  var defaultValueDescription: String { names.map(\.rawValue).joined(separator: ",") }
}

extension DocumentReader {
  /// All of a document, checked to be text.
  static func text(of document: Document) throws -> [UInt8] {
    var windows = TextWindows()
    var text: [UInt8] = []
    try read(document) { piece in
      try windows.push(piece)
      while let window = windows.next() { text += window }
    }
    try windows.finish()
    while let window = windows.next() { text += window }
    return text
  }
}
