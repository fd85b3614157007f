import ArgumentParser
import Bytes
import Gateway

import class Foundation.FileHandle

/// `cordon egress contacted`: where packets went.
struct EgressContactedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contacted", abstract: "Compare where packets went with where a configuration lets them go.",
    discussion: """
      It reads what the table of `cordon egress policy` recorded in the kernel, as `nft -j list table inet cordon_egress` \
      prints it: every address, transport and port that something was sent to, whoever sent it, and those that were \
      refused. It ends with 0 when all that was reached is approved by the configuration as it is now, and with 1 when \
      something else was reached.
      """)

  @OptionGroup var options: EgressPlanOptions

  @Argument(help: ArgumentHelp("What `nft` printed; `-` for standard input.", valueName: "file"))
  var file = "-"

  @Flag(name: .long, help: "The table is that of applications or of a router: they reach the gateway.")
  var seesApplications = false

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    let plan = try options.plan()
    let bytes =
      file == "-"
      ? (try? FileHandle.standardInput.readToEnd()).map { [UInt8]($0) } : TextFile.contents(of: file)
    guard let bytes else { throw CommandFailure(.noInput, "\(file): cannot be read") }
    guard let table = try? JSONValue(parsing: bytes),
      let contacts = EgressContacts(plan, recorded: table, seesApplications: seesApplications)
    else {
      throw CommandFailure(
        .unreadableInput, "not a table of `cordon egress policy` in JSON\nhelp: nft -j list table inet cordon_egress")
    }
    if json {
      StandardOutput.line(String(decoding: contacts.json.bytes, as: UTF8.self))
    } else {
      for line in contacts.lines { StandardOutput.line(line) }
    }
    if !contacts.strays.isEmpty { throw ExitCode(1) }
  }
}
