import ArgumentParser
import Ciphers
import Gateway
import Ledger
import Vault

/// `cordon safeguards adopt`: puts a record in force, and has the log say what changed.
struct SafeguardsAdoptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt", abstract: "Take a record into the data directory, and record in the log what changed.",
    discussion: """
      The log gets `safeguard.decided` for each decision that is another than before: the paragraph, what was decided, \
      codes of the decision before and after, and who did it. Reasons and owners stay in the file. What was decided before has to be kept \
      for six years (45 CFR 164.316(b)(2)(i)): the former file stays beside the new one under its digest.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var actor: ActorOptions

  @Argument(help: ArgumentHelp("The record.", valueName: "file"))
  var file: String

  func run() async throws {
    guard let yaml = TextFile.contents(of: file) else { throw CommandFailure(.noInput, "\(file): cannot be read") }
    let place = try options.place()
    try await Recording.check(place)
    let path = "\(place.data)/\(SafeguardRecord.file)"
    let (before, after): (SafeguardRecord, SafeguardRecord)
    do {
      (before, after) = try SafeguardRecord.replace(path, with: yaml)
    } catch let error as ConfigurationError {
      throw CommandFailure(.unreadableInput, "\(file): \(error)")
    } catch let error as FileFault {
      throw CommandFailure(.outputFailed, "\(path): \(error)")
    }
    let changes = after.changes(since: before)
    StandardOutput.line("adopted: \(after.decisions.count) decisions, \(changes.count) changes")
    try await Recording.record(changes, by: actor.person, place)
  }
}

extension Recording {
  /// Tells the log of each decision that changed, by keyed codes: owners and reasons can be guessed.
  static func record(_ changes: [SafeguardRecord.Change], by person: String, _ place: VaultPlace) async throws {
    guard !changes.isEmpty else { return }
    try await record(place) { vault in
      for change in changes {
        let stored = StoredChange(
          from: try await vault.code(of: change.before?.bytes), to: try await vault.code(of: change.after?.bytes))
        try await vault.note(.safeguardDecided, about: change.name, by: [person], change: stored)
      }
    }
  }
}
