import ArgumentParser
import Gateway
import Ledger
import Vault

/// Whose key the logs have to be signed with that a report is made from.
struct ProvedLogsOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The verifier key of the log, or of the root log, that somebody has kept (default: the vault's, which is opened).",
      valueName: "vkey"))
  var key: VerifierKey?

  /// The logs of a place, at least as long as its vault says that they were.
  ///
  /// With a key that was given the vault is not opened: what it says is then taken by the logs' own signatures.
  func logs(of place: VaultPlace) async throws -> ProvedLogs {
    try await ProvedLogs.saying(place.data) {
      guard let key else { return try await place.withVault(for: .use) { try await ProvedLogs.of(place.data, $0) } }
      return try ProvedLogs(of: place.data, signedBy: key.key, marks: try VaultMark.all(data: place.data))
    }
  }
}

extension ProvedLogs {
  /// Says on standard error what was given up of shards: it is in nothing that is made from them.
  func tell() { for note in notes { StandardError.line("note: \(note)") } }

  /// What `body` gives, or the failure that names the log that is not what it is known to be, and what to do about it.
  static func saying<Value>(_ data: String, _ body: () async throws -> Value) async throws -> Value {
    do {
      let value = try await body()
      (value as? ProvedLogs)?.tell()
      return value
    } catch let unproved as UnprovedLog {
      throw CommandFailure(.unreadableInput, "\(data): \(unproved)\nhelp: \(unproved.advice)")
    } catch let error as VaultError {
      throw VaultOptions.failure("the vault in `\(data)`", error)
    }
  }
}

extension UnprovedLog {
  /// What to do about it.
  fileprivate var advice: String {
    switch place {
    case .own:
      "put back `\(place)` as it was last, or give it up (`cordon vault propose give_up_root log`); "
        + "`cordon log verify` says more"
    case .root: "`cordon log verify --root` says more"
    case .shard:
      "put back `\(place)` as it was last, or give it up (`cordon vault propose give_up_root \(place)`); "
        + "`cordon log verify --root` says more"
    }
  }
}
