import ArgumentParser
import Gateway
import Vault

/// `cordon consent revoke`: ends a record.
struct ConsentRevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "End an authorization or a restriction, from the next request on.",
    discussion: """
      `revoked`: the patient has revoked it in writing (45 CFR 164.508(b)(5)), or the restriction was terminated \
      (164.522(a)(2)). `event`: the event has come with which it expires. `false`: something in it is known to be false \
      (164.508(b)(2)). The record stays in the register.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions
  @OptionGroup var patient: ConsentPatientOptions

  @Argument(help: ArgumentHelp("The record's id, as `cordon consent list` prints it.", valueName: "id"))
  var id: String

  @Option(name: .long, help: ArgumentHelp("Why it ends: revoked, event or false.", valueName: "reason"))
  var because: ConsentRecord.Ending = .revoked

  func validate() throws {
    // What another document has taken the place of, only that document ends.
    guard because != .superseded else { throw ValidationError("--because takes revoked, event or false.") }
  }

  func run() async throws {
    let spellings = try patient.spellings()
    try await ConsentDesk.open(options, person, changing: true) { desk in
      let (id, because, now) = (id, because, Assembly.now())
      let none = CommandFailure(.noInput, "the register has no record `\(id)` of this patient that goes on")
      var isEnded = false
      for reference in spellings where !isEnded {
        guard try await desk.knows(reference) else { continue }
        isEnded = try await desk.change(reference, as: .consentEnded) { $0.end(id, because, at: now) }
      }
      guard isEnded else { throw none }
      try await VaultRecorder.record(desk.vault, desk.place)
      StandardOutput.line("ended \(id): \(because.rawValue)")
    }
  }
}

extension ConsentRecord.Ending: ExpressibleByArgument {}
