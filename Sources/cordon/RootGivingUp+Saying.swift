import ArgumentParser
import Gateway
import Ledger
import Vault

extension RootGivingUp {
  /// The parameters of a proposal to give up the root log of a data directory; `given` are those that a person wrote.
  static func parameters(_ object: String, _ given: [String: String], _ vault: Vault, _ place: VaultPlace) async throws
    -> [String: String]
  {
    guard Array(given.keys) == [LogGivenUp.reason], let reason = given[LogGivenUp.reason] else {
      throw ValidationError("It is `give_up_root \(object) --set reason='why'`.")
    }
    if let log = LogGivingUp.Place(object, data: place.data, origin: place.origin) {
      return try await saying(log.name) { try await LogGivingUp.parameters(log, vault, reason: reason) }
    }
    guard object == RootRecording.log else {
      throw ValidationError(
        "It is `give_up_root \(RootRecording.log)`, `give_up_root \(LogMarking.log)` or `give_up_root shards/REPLICA`.")
    }
    guard ShardedLog.isSharded(place.data) else {
      throw CommandFailure(.noInput, "`\(place.data)` has no shards: one gateway writes its log")
    }
    return try await saying("root log") { try await parameters(place.data, vault, reason: reason) }
  }

  /// What `body` gives, or the failure that says why not.
  static func saying<Value>(_ what: String, _ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let refusal as Refusal {
      switch refusal {
      case .nothingWrong:
        throw CommandFailure(.noInput, "it is what the vault and the shards say: there is nothing to give up")
      case .anotherFound:
        throw CommandFailure(
          .unreadableInput,
          "the log is not the one that two people agreed to take\nhelp: propose to give it up as it is now")
      case .reason:
        throw ValidationError("A reason is up to 200 plain characters, for the log: name nobody in it.")
      }
    } catch let error as VaultError {
      throw VaultOptions.failure(what, error)
    } catch let unproved as UnprovedLog {
      throw unusable("\(unproved)")
    } catch let error as ShardError {
      throw unusable("\(error)")
    } catch let fault as RootFault {
      throw unusable("\(fault)")
    } catch let error as LedgerError {
      throw unusable("\(error)")
    }
  }

  private static func unusable(_ words: String) -> CommandFailure {
    CommandFailure(
      .unreadableInput,
      "the log cannot be taken as it is: \(words)"
    )
  }
}
