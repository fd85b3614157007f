import ArgumentParser
import Vault

/// `cordon token note`: the words to the reason, for the second person.
struct TokenNoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Show the note of a proposal to a person who may approve it.")

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions

  @Argument(help: "The proposal.")
  var proposal: String

  func run() async throws {
    let key = try person.key()
    try await options.withTokens { vault, place in
      let note: String
      do throws(VaultError) {
        note = try await vault.note(of: proposal, by: key)
      } catch {
        throw VaultOptions.failure("proposal `\(proposal)`", error)
      }
      StandardOutput.line(note.isEmpty ? "no note" : note)
    }
  }
}
