import ArgumentParser
import Ledger

/// `cordon log key`: the key that the log is checked with.
struct LogKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Print the verifier key of the log.",
    discussion: """
      It is a vkey of C2SP signed-note. Keep a copy on another machine: with it the log can be checked by a program
      that has never heard of Cordon, and by `cordon log verify --key`.
      """)

  @OptionGroup var directory: DataDirectory

  func run() throws {
    StandardOutput.line(
      try directory.reading { data throws(LedgerError) in try Custody.verifier(data: data) }.description)
  }
}
