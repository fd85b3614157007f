import ArgumentParser
import Ciphers
import Gateway
import Ledger
import Vault

/// `cordon grant settle`: says after a restore what is granted.
struct GrantSettleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle", abstract: "Say what is granted after a restore.",
    discussion: """
      What was removed since the backup was made is neither in its log nor in its file. With the data directory of the lost \
      machine, or what is left of it, whose log says that this backup was made, what that says was removed is removed here. \
      Else somebody removes what is to be gone, and takes the rest as `cordon grant list` prints it, by the word of its last \
      line: another list, and it is another. Until then nobody has anything, where access had ever been removed.
      """)

  @OptionGroup var options: GrantOptions
  @OptionGroup var actor: ActorOptions

  @Argument(help: ArgumentHelp("The word by which `cordon grant list` names what is granted.", valueName: "word"))
  var word: String?

  @Option(
    name: .long, help: ArgumentHelp("The data directory of the lost machine, with its log.", valueName: "directory"))
  var log: String?

  func validate() throws {
    guard (word == nil) != (log == nil) else { throw ValidationError("Give the word, or --log with what is left.") }
  }

  func run() async throws {
    let place = try options.place()
    let desk = try await GrantDesk.open(options)
    guard let restore = desk.removed.restore else {
      throw CommandFailure(.noInput, "no backup was restored since somebody settled it: there is nothing to settle")
    }
    if let word, word != desk.word {
      throw CommandFailure(
        .noInput, "that is not what is granted by now\nhelp: look again: `cordon grant list`")
    }
    // What the log here says was removed, the file has to say as well.
    var missing = Set(desk.history.standingRemovals.keys)
    var source = "the list"
    if let log {
      let kept = try await keptHistory(log, place)
      guard kept.hasMade(restore.backup) else {
        throw CommandFailure(
          .unreadableInput,
          "\(log): its log does not say that the backup of \(restore.made) was made, and may be older than that")
      }
      missing.formUnion(kept.standingRemovals.keys)
      missing.formUnion(try GrantDesk.removed(in: log).removals.keys)
      source = "the log of \(log), whose last entry is of \(kept.ends?.description ?? "no time")"
    }
    do {
      try await Recording.check(place)
      try await remove(missing.filter { desk.removed.removals[$0] == nil }, place)
      // What is settled and not in the log is not settled.
      do {
        try await Recording.record(.grantSettled, about: restore.backup, by: actor.person, place) { vault in
          StoredChange(from: try await vault.code(of: restore.content), by: .unlink)
        }
      } catch {
        throw CommandFailure(.unavailable, "nothing was settled, as no event of it is in the log")
      }
      guard try RemovedGrants.settle(restore, data: place.data).before != nil else {
        throw CommandFailure(.noInput, "somebody has settled it, or restored another backup, meanwhile")
      }
      StandardOutput.line("settled: what was removed since the backup of \(restore.made) is known by \(source)")
    } catch let error as FileFault {
      throw CommandFailure(.outputFailed, "\(place.data)/\(RemovedGrants.file): \(error)")
    }
  }

  /// What the log in another data directory says, which the vault's key has to have signed.
  private func keptHistory(_ data: String, _ place: VaultPlace) async throws -> GrantHistory {
    let logs = try await ProvedLogs.saying(data) {
      try await place.withVault(for: .use) { vault in
        // How long it was the vault here does not know: it is of before.
        try ProvedLogs(
          of: data, signedBy: try await vault.logSigner().verificationKey(), marks: ProvedLogs.Marks())
      }
    }
    // Its clock may have been before this one's.
    return try GrantDesk.history(logs, of: data, until: Timestamp(milliseconds: 253_402_300_799_999))
  }

  /// Removes what was removed since the backup was made.
  private func remove(_ ids: Set<ConfiguredName>, _ place: VaultPlace) async throws {
    for id in ids.sorted(by: { $0.description < $1.description }) {
      let removal = RemovedGrants.Removal(
        by: actor.person, because: "removed since the backup was made", proposal: nil,
        at: Timestamp(milliseconds: Assembly.now()))
      let change = try RemovedGrants.remove(id, removal, data: place.data)
      guard change.before == nil else { continue }
      StandardOutput.line("removed: \(id)")
      try await Recording.record(.grantRemoved, about: id.description, by: actor.person, place) { vault in
        StoredChange(to: try await vault.code(of: change.after))
      }
    }
  }
}

extension GrantDesk {
  /// What somebody has to have seen who takes what is granted after a restore as granted; nil where there was none.
  var word: String? {
    guard let restore = removed.restore else { return nil }
    let granted = review.items.filter { if case .lapsed = $0.finding { false } else { true } }
    let lines = [restore.backup] + granted.map(\.id.description)
    return String(Digest(hashing: Array(lines.joined(separator: "\n").utf8).span).description.prefix(16))
  }

  /// What is to be said of a restore after which nobody has settled what is granted.
  var restoreLines: [String] {
    guard let restore = removed.restore, let word else { return [] }
    let held = restore.holds ? " Nobody has anything until that is settled." : ""
    return [
      "the backup of \(restore.made) was restored: what was removed since may be granted again.\(held)",
      "remove what is to be gone, then: `cordon grant settle \(word)`",
    ]
  }
}
