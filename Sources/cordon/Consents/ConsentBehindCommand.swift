import ArgumentParser
import Gateway
import Ledger
import Vault

/// `cordon consent behind`: what the register lacks of what the log says of it.
struct ConsentBehindCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "behind", abstract: "List the patients whose register is not what the log says of it.",
    discussion: """
      An older copy of the vault's file brings back what was revoked since, and forgets what was restricted since. The log \
      has each change; what the register lacks of them is listed by the patient's tag, with the ids of the records that \
      entries name. Nothing about these patients goes on until an officer takes the register as it is, by the word in the \
      last line: `cordon consent settle`. It ends with 1 where there are any.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions

  func run() async throws {
    try await ConsentDesk.open(options, person, changing: false) { desk in
      let gap = try await desk.gap()
      guard !gap.isEmpty else { return StandardOutput.line("the register has all that the log says of it") }
      for patient in gap.patients {
        let gone = patient.isGone ? "  nobody has this tag: whoever it was is not in the vault" : ""
        StandardOutput.line("\(patient.tag)  \(patient.said.joined(separator: "; "))\(gone)")
      }
      if gap.isRestored {
        StandardOutput.line("restored: what was changed after the backup was made is in no log here")
      }
      StandardOutput.line("settle     \(gap.word)")
      throw ExitCode(1)
    }
  }
}

extension ConsentDesk {
  /// Where the register is not what the log says of it.
  func gap() async throws -> RegisterGap {
    try await ProvedLogs.saying(place.data) { try await RegisterGap(of: place.data, vault) }
  }
}
