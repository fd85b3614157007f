import ArgumentParser
import Bytes
import Gateway
import Vault

/// `cordon consent add`: records what a patient has authorized, or restricted.
struct ConsentAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Record an authorization or a restriction.",
    discussion: """
      The record is JSON, read from a file or from standard input (`-`): `patient`, the reference by which requests name \
      the patient; `record`, which is `authorization`, `restriction`, `paid_in_full` or `consent_withheld`; `to`, the \
      vendors and `caller:NAME`, or `["*"]` of a restriction; `purposes`, `classes`, `begins`, `expires`; of a restriction \
      `except`; of an authorization all that 45 CFR 164.508(c) asks for: `description`, `by`, `purpose`, `expires` or \
      `expires_when`, `signed`, `states`, and in `consents` what policies call it. What is missing is named by its \
      paragraph, and nothing is recorded. It prints the record's id.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions

  @Argument(help: ArgumentHelp("The record, or - for standard input.", valueName: "file"))
  var file: String

  func run() async throws {
    let document = try ConsentDesk.document(file)
    try await ConsentDesk.open(options, person, changing: true) { desk in
      let vocabulary = try desk.vocabulary()
      let now = Assembly.now()
      let form: ConsentForm
      do {
        guard let json = try? JSONValue(parsing: document) else { throw ConsentFault("record", "is no JSON") }
        form = try ConsentForm(json, id: ConsentDesk.newID(), at: now)
        try vocabulary.check(form.record)
      } catch let fault as ConsentFault {
        throw ConsentAddCommand.refused(file, fault)
      }
      let patient = SubjectReference(.patient, PatientSpelling.plain(form.patient))
      if try await !desk.knows(patient) { StandardError.line("warning: \(ConsentDesk.unknownPatient)") }
      let record = form.record
      try await desk.change(patient, as: .consentRecorded) { $0.add([record], of: nil, at: now) }
      try await VaultRecorder.record(desk.vault, desk.place)
      StandardOutput.line("\(record.kind.name) \(record.id)")
    }
  }

  /// A record that is none: each reason in a line of its own.
  static func refused(_ file: String, _ fault: ConsentFault) -> CommandFailure {
    CommandFailure(.unreadableInput, "\(file): no record:\n" + fault.reasons.map { "  \($0)" }.joined(separator: "\n"))
  }
}
