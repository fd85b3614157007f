import ArgumentParser
import Bytes
import Gateway
import Ledger
import PHI

/// `cordon safeguards matrix`: every specification with its decision and its evidence.
struct SafeguardsMatrixCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix", abstract: "Print every specification with what was decided, why, by whom, and the evidence.",
    discussion: """
      The 20 required specifications are rows as well; the record may name them, as implemented. The row of testing the \
      contingency plan says `satisfied` or `not-satisfied` by the last restore drill in the log and `backup.drill_days` \
      of the configuration. The log is held against --key, else against the vault's key where that can be opened, else \
      believed by the key beside it, which is said on standard error.
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var options: SafeguardOptions
  @OptionGroup var signed: LogKeyOptions

  @Option(name: .long, help: ArgumentHelp("As of this day (default: today, UTC).", valueName: "day"))
  var on: CalendarDate?

  @Flag(name: .long, help: "Print one JSON object a specification.")
  var json = false

  func run() async throws {
    let place = try vault.place()
    let path = "\(place.data)/\(SafeguardRecord.file)"
    let record = try SafeguardOptions.record(at: path)
    let day = on ?? VendorClock.today
    let findings = record.findings(on: day, within: 0, under: options.rules)
    let drill = try await drill(place, day)
    for specification in SecuritySpecification.all {
      let row = SafeguardRow(
        specification: specification, decision: record.decision(on: specification),
        finding: findings.first { $0.specification == specification && $0.kind != .reviewSoon },
        isAddressable: options.rules.isAddressable(specification),
        drill: specification.paragraph == RestoreDrill.paragraph ? drill : nil)
      StandardOutput.line(json ? row.object : row.text)
    }
  }

  private func drill(_ place: VaultPlace, _ day: CalendarDate) async throws -> RestoreDrill {
    let days = (place.configuration?.backup ?? BackupSettings()).drillDays
    let logs = try await signed.logs(of: place)
    do throws(LedgerError) {
      return RestoreDrill(last: try RestoreDrill.last(in: logs, by: day), within: days, on: day)
    } catch {
      throw CommandFailure(
        .unreadableInput, "\(place.data): the log cannot be asked when a backup was last proved: \(error)")
    }
  }
}

/// A row of the matrix.
private struct SafeguardRow {
  let specification: SecuritySpecification
  let decision: SafeguardDecision?
  let finding: SafeguardFinding?
  let isAddressable: Bool
  let drill: RestoreDrill?

  private var law: String { isAddressable ? "addressable" : "required" }

  var text: String {
    var lines = ["\(specification.paragraph) \(specification.name) (\(law)): \(decision?.kind.rawValue ?? "undecided")"]
    func add(_ name: String, _ value: String?) { if let value { lines.append("  \(name): \(value)") } }
    add("instead", decision?.alternative)
    add("because", decision?.rationale)
    add("evidence", decision.flatMap { $0.evidence.isEmpty ? nil : $0.evidence.joined(separator: "; ") })
    add("owner", decision.map { "\($0.owner), decided \($0.decided), review \($0.review)" })
    add("control", drill?.description)
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
    if let drill {
      members.append(JSONMember("control", .string(drill.state)))
      members.append(JSONMember("last_drill", drill.last.map { .string("\($0)") } ?? .null))
      members.append(JSONMember("drill_days", .number(String(drill.days))))
    }
    members.append(JSONMember("finding", finding.map { .string($0.kind.rawValue) } ?? .null))
    return String(decoding: JSONValue.object(members).bytes, as: UTF8.self)
  }
}
