import ArgumentParser
import Bytes
import Gateway
import PHI

/// `cordon safeguards matrix`: every specification with its decision and its evidence.
struct SafeguardsMatrixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix", abstract: "Print every specification with what was decided, why, by whom, and the evidence.",
    discussion: "The 20 required specifications are rows as well; the record may name them, as implemented.")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var options: SafeguardOptions

  @Option(name: .long, help: ArgumentHelp("As of this day (default: today, UTC).", valueName: "day"))
  var on: CalendarDate?

  @Flag(name: .long, help: "Print one JSON object a specification.")
  var json = false

  func run() throws {
    let path = "\(try vault.place().data)/\(SafeguardRecord.file)"
    let record = try SafeguardOptions.record(at: path)
    let findings = record.findings(on: on ?? VendorClock.today, within: 0, under: options.rules)
    for specification in SecuritySpecification.all {
      let row = SafeguardRow(
        specification: specification, decision: record.decision(on: specification),
        finding: findings.first { $0.specification == specification && $0.kind != .reviewSoon },
        isAddressable: options.rules.isAddressable(specification))
      StandardOutput.line(json ? row.object : row.text)
    }
  }
}

/// A row of the matrix.
private struct SafeguardRow {
  let specification: SecuritySpecification
  let decision: SafeguardDecision?
  let finding: SafeguardFinding?
  let isAddressable: Bool

  private var law: String { isAddressable ? "addressable" : "required" }

  var text: String {
    var lines = ["\(specification.paragraph) \(specification.name) (\(law)): \(decision?.kind.rawValue ?? "undecided")"]
    func add(_ name: String, _ value: String?) { if let value { lines.append("  \(name): \(value)") } }
    add("instead", decision?.alternative)
    add("because", decision?.rationale)
    add("evidence", decision.flatMap { $0.evidence.isEmpty ? nil : $0.evidence.joined(separator: "; ") })
    add("owner", decision.map { "\($0.owner), decided \($0.decided), review \($0.review)" })
    add("finding", finding.map { "\($0.kind.rawValue): \($0.fact)" })
    return lines.joined(separator: "\n")
  }

  var object: String {
    var members = [
      JSONMember("specification", .string(specification.paragraph)),
      JSONMember("standard", .string(specification.standard)), JSONMember("name", .string(specification.name)),
      JSONMember("law", .string(law)),
    ]
    members += decision?.json.members?.dropFirst() ?? [JSONMember("decision", .null)]
    members.append(JSONMember("finding", finding.map { .string($0.kind.rawValue) } ?? .null))
    return String(decoding: JSONValue.object(members).bytes, as: UTF8.self)
  }
}
