import ArgumentParser
import Bytes
import Gateway
import PHI
import Vault

/// `cordon consent list`: what the register has of a patient.
struct ConsentListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print what a patient has authorized and restricted, and what of it is in force.",
    discussion: """
      What has ended stays in the register, as long as the patient's key (45 CFR 164.508(b)(6), 164.530(j)). What is printed \
      is personal; with --json it is each record whole, one a line. The log has an entry of the reading before.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions
  @OptionGroup var patient: ConsentPatientOptions

  @Flag(name: .long, help: "Print JSON, one record a line.")
  var json = false

  func run() async throws {
    let spellings = try patient.spellings()
    try await ConsentDesk.open(options, person, changing: false) { desk in
      let today = CalendarDate(secondsSinceEpoch: Assembly.now() / 1_000)
      for record in try await desk.register(of: spellings).records {
        StandardOutput.line(json ? record.text : record.line(on: today))
      }
    }
  }
}

extension ConsentRecord {
  fileprivate var text: String { String(decoding: json.bytes, as: UTF8.self) }

  /// The record in one line: its id and kind, to whom, for what, of what, and how it stands.
  fileprivate func line(on today: CalendarDate) -> String {
    func list(_ names: Set<String>, or none: String) -> String {
      names.isEmpty ? none : names.sorted().joined(separator: ",")
    }
    let state =
      ended.map { "ended: \($0.because.rawValue)" }
      ?? (isInForce(on: today) ? "in force" : begins > today ? "not yet in force" : "expired")
    let days = "from \(begins)\(expires.map { " to \($0)" } ?? "")"
    let excepted = exceptions.isEmpty ? "" : "  \(exceptions.count) exceptions"
    return "\(id)  \(kind.name)  to \(list(scope.recipients, or: "nobody"))  "
      + "for \(list(scope.purposes, or: "any purpose"))  of \(list(scope.classes, or: "everything"))\(excepted)  "
      + "\(days)  \(state)"
  }
}
