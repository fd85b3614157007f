import ArgumentParser
import Ciphers
import Gateway

/// `cordon log version`: what a hash in an entry stands for.
struct LogVersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the configuration or the agreements that an entry names by their hash.",
    discussion: """
      Entries of a change have the hash of what was (`before`) and of what is (`after`). Each configuration that a gateway \
      has run under, and each state of the registry of agreements, is kept in the data directory by that hash.

      Exits 65 when what is kept is not what its hash says, 66 when nothing is kept by it.
      """)

  @OptionGroup var directory: DataDirectory

  @Argument(help: ArgumentHelp("The SHA-256, 64 hexadecimal digits.", valueName: "hash"))
  var hash: Digest

  func run() throws {
    do {
      for versions in [KeptVersions.configurations(data: directory.data), .agreements(data: directory.data)] {
        if let content = try versions.content(hash) { return try OutputFile().write(content) }
      }
    } catch let error as ConfigurationError {
      throw CommandFailure(.unreadableInput, "what is kept by this hash is not what it says: \(error)")
    }
    throw CommandFailure(.noInput, "`\(directory.data)` keeps nothing by this hash")
  }
}
