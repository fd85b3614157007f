import ArgumentParser
import Gateway
import Ledger
import Vault

/// Whose key a log has to be signed with that something is told of.
struct LogKeyOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The verifier key of the log, or of the root log, that somebody has kept (default: the one beside the log, and it is said).",
      valueName: "vkey"))
  var key: VerifierKey?

  /// What is said where no key was given: what whoever can write to the directory could have done.
  static let help = "\nhelp: give the key that was kept elsewhere with --key"

  /// The log of a data directory with its key.
  func log(of directory: DataDirectory) throws -> KeyedLog {
    if let key { return KeyedLog(data: directory.data, key: key) }
    let own = try directory.reading { data throws(LedgerError) in try Custody.verifier(data: data) }
    let log = KeyedLog(data: directory.data, key: own)
    try LogKeyOptions.say([log], of: directory.data)
    return log
  }

  /// All logs of a data directory with their keys.
  ///
  /// With a key that was given each must have the name of its place, and everything that is known of it elsewhere.
  func logs(of directory: DataDirectory) throws -> [KeyedLog] {
    let data = directory.data
    guard let key else {
      let logs = try directory.reading { data throws(LedgerError) in try KeyedLog.own(of: data) }
      try LogKeyOptions.say(logs, of: data)
      return logs
    }
    let marks = try VaultMark.all(data: data)
    do {
      let logs = try ProvedLogs(of: data, signedBy: key.key, marks: marks)
      logs.tell()
      return logs.keyed
    } catch {
      throw CommandFailure(.unreadableInput, "\(data): \(error)")
    }
  }

  /// The same, with the vault's key where none was given and the vault can be opened.
  func logs(of place: VaultPlace) async throws -> [KeyedLog] {
    if key == nil {
      do {
        let logs = try await place.withVault(for: .use) { try await ProvedLogs.of(place.data, $0) }
        logs.tell()
        return logs.keyed
      } catch let unproved as UnprovedLog {
        throw CommandFailure(.unreadableInput, "\(place.data): \(unproved)")
      } catch let error as VaultError where error.isAboutAlteration {
        throw VaultOptions.failure("the vault in `\(place.data)`", error)
      } catch is VaultError, is CommandFailure {
        // No vault, or nothing that opens it.
      }
    }
    var directory = DataDirectory()
    directory.data = place.data
    return try logs(of: directory)
  }

  /// Says that the logs' own keys are believed; refuses logs that the vault's file knows under another key.
  private static func say(_ logs: [KeyedLog], of data: String) throws {
    // A vault that cannot be read keeps nobody from the log: it is said that the key is not checked.
    let note = (try? VaultMark.ofLog(data: data)) ?? nil
    if let own = logs.first(where: { $0.replica == nil }), let note, Checkpoint(note: note, signedBy: own.key) == nil {
      throw CommandFailure(
        .unreadableInput, "what the vault in `\(data)` says of the log is not signed by the log's key" + help)
    }
    if let first = logs.first, logs.contains(where: { $0.key.key != first.key.key }) {
      throw CommandFailure(.unreadableInput, "the logs in `\(data)` are not signed by one key" + help)
    }
    if !logs.isEmpty { StandardError.line(LogVerifyCommand.ownKey + help) }
  }
}
