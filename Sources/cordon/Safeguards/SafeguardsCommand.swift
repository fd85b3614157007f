import ArgumentParser
import Gateway
import PHI

/// `cordon safeguards`: what was decided about the specifications of the Security Rule.
struct SafeguardsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "safeguards", abstract: "Keep what was decided about each safeguard of the HIPAA Security Rule.",
    discussion: """
      22 of the 42 implementation specifications are addressable: they are implemented, or it is written down why not and \
      what is done instead (45 CFR 164.306(d)(3)). The record is the file `safeguards.yaml` of the data directory.
      """,
    subcommands: [
      SafeguardsTemplateCommand.self, SafeguardsCheckCommand.self, SafeguardsAdoptCommand.self,
      SafeguardsMatrixCommand.self,
    ])
}

/// Which record is meant, and what it is held against.
struct SafeguardOptions: ParsableArguments {
  @Option(name: .long, help: "The law: in-force, or nprm-2025 for the proposal of 90 FR 898.")
  var rules = SafeguardRules.inForce

  /// A record of a file, or the failure that names the first mistake.
  static func record(at path: String) throws -> SafeguardRecord {
    do throws(ConfigurationError) {
      return try SafeguardRecord.record(at: path)
    } catch {
      throw CommandFailure(.unreadableInput, "\(path): \(error)")
    }
  }
}

extension SafeguardRules: ExpressibleByArgument {}

/// `cordon safeguards template`: a record to be filled in.
struct SafeguardsTemplateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template", abstract: "Print a record to be filled in, with every addressable specification.")

  func run() {
    StandardOutput.line(
      """
      # decision: implemented, alternative or not_reasonable (45 CFR 164.306(d)(3)).
      # An alternative has what is done instead under `alternative`; whatever is not implemented has its `rationale`.
      safeguards:
      """)
    for specification in SecuritySpecification.all where specification.isAddressable {
      StandardOutput.line(
        """
          - specification: \(specification.paragraph)   # \(specification.standard): \(specification.name)
            decision: ""
            rationale: ""
            owner: ""
            decided: ""
            review: ""
            evidence: []
        """)
    }
  }
}

/// `cordon safeguards check`: what is missing in a record.
struct SafeguardsCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Say what is missing in a record, and which reviews are due.",
    discussion: """
      It ends with 0 when nothing is missing, with 1 when something was not decided or its review is overdue, with 3 when \
      a review is due within --within days, and with 65 when the file has a mistake, which is named with its line.
      """)

  @OptionGroup var options: SafeguardOptions

  @Argument(help: ArgumentHelp("The record.", valueName: "file"))
  var file: String

  @Option(name: .long, help: ArgumentHelp("Check as of this day (default: today, UTC).", valueName: "day"))
  var on: CalendarDate?

  @Option(name: .long, help: ArgumentHelp("Tell which reviews are due within so many days.", valueName: "days"))
  var within = 30

  func run() throws {
    guard TextFile.contents(of: file) != nil else { throw CommandFailure(.noInput, "\(file): cannot be read") }
    let record = try SafeguardOptions.record(at: file)
    let findings = record.findings(on: on ?? VendorClock.today, within: within, under: options.rules)
    for finding in findings {
      StandardOutput.line(
        "\(finding.specification.paragraph) \(finding.specification.name): \(finding.kind.rawValue): \(finding.fact)")
    }
    let bad = findings.filter { $0.kind != .reviewSoon }.count
    StandardOutput.line("\(record.decisions.count) decisions, \(bad) findings")
    if bad > 0 { throw ExitCode(1) }
    if !findings.isEmpty { throw ExitCode(3) }
  }
}
