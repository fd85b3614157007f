import ArgumentParser
import Gateway
import PHI
import Vault

/// `cordon consent check`: what the gateway would be told by the register.
struct ConsentCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say whether the register lets a use of what is a patient's go on, as the gateway asks it.",
    discussion: """
      It prints `allowed` and what policies would be told that the patient consents to, or the rule by which the gateway \
      would refuse, with which it ends with 1. Policies, agreements and routes have their say besides. The log has an \
      entry of the reading before.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions
  @OptionGroup var patient: ConsentPatientOptions

  @Option(name: .long, help: ArgumentHelp("The recipient.", valueName: "name")) var vendor: String
  @Option(name: .long, help: ArgumentHelp("The application that asks.", valueName: "name")) var caller = ""
  @Option(name: .long, help: ArgumentHelp("The purpose, a code of HL7 v3.", valueName: "code")) var purpose: String
  @Option(name: .long, help: ArgumentHelp("The classes of data, with commas between.", valueName: "classes"))
  var classes = "notes"
  @Flag(name: .long, help: "As on a route whose basis is `authorization`.") var authorization = false
  @Option(name: .long, help: ArgumentHelp("Check as of this day (default: today, UTC).", valueName: "day"))
  var on: CalendarDate?

  func run() async throws {
    let spellings = try patient.spellings()
    try await ConsentDesk.open(options, person, changing: false) { desk in
      let answer = try await desk.register(of: spellings).answer(
        vendor: vendor, caller: caller, purpose: purpose, classes: Set(classes.split(separator: ",").map(String.init)),
        needingAuthorization: authorization, on: on ?? CalendarDate(secondsSinceEpoch: Assembly.now() / 1_000))
      guard let refusal = answer.refusal else {
        let consents = answer.consents.isEmpty ? "" : "; consents: \(answer.consents.joined(separator: ", "))"
        return StandardOutput.line("allowed\(consents)")
      }
      StandardOutput.line(refusal.message)
      if let lack = refusal.lack { StandardOutput.line(lack.words) }
      throw ExitCode(1)
    }
  }
}
