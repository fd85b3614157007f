import ArgumentParser
import Gateway
import Vault

/// `cordon consent settle`: takes the register as it is.
struct ConsentSettleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle", abstract: "Take the register as it is, though it is not what the log says of it.",
    discussion: """
      The officer has recorded anew what `cordon consent behind` said that the register lacks, and ended what had been \
      ended, or knows that there is nothing to be done. The word is that of the last line: another change, and it is \
      another. The log has an entry `consent.settled`, and the gateway lets requests about these patients go on.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions

  @Argument(help: ArgumentHelp("The word by which `cordon consent behind` names what is lacking.", valueName: "word"))
  var word: String

  func run() async throws {
    try await ConsentDesk.open(options, person, changing: true) { desk in
      let gap = try await desk.gap()
      guard !gap.isEmpty else {
        throw CommandFailure(.noInput, "the register has all that the log says of it: there is nothing to settle")
      }
      guard gap.word == word else {
        throw CommandFailure(
          .noInput, "it is not what the register lacks by now\nhelp: look again: `cordon consent behind`")
      }
      try await VaultOptions.saying("the register of consents") { () async throws(VaultError) in
        try await gap.settle(desk.vault, by: desk.officer)
      }
      try await VaultRecorder.record(desk.vault, desk.place)
      StandardOutput.line("settled \(word): \(gap.patients.count) patients")
    }
  }
}
