import Gateway
import Ledger
import Vault

/// What the vault of a data directory says of the root log, to those who have no key of the vault.
///
/// The root log's own key signed it, so nobody else can make one up; that it is the newest one, and was not put back,
/// says the seal of the vault, which a gateway and `cordon log shards --record` look at.
enum VaultMark {
  /// What it says of the log of a single gateway, as the signed note; nil where no vault says anything.
  static func ofLog(data: String) throws -> [UInt8]? {
    do throws(VaultError) {
      return try Vault.unsealedMark(of: LogMarking.log, data: data)?.note
    } catch {
      throw CommandFailure(.unreadableInput, "what the vault in `\(data)` says of the log: \(error)")
    }
  }

  /// What it says of the root log; nil where no vault says anything.
  static func ofRoot(data: String) throws -> RootMark? {
    do throws(VaultError) {
      return try Vault.unsealedMark(of: RootRecording.log, data: data)?.rootMark
    } catch {
      throw CommandFailure(.unreadableInput, "what the vault in `\(data)` says of the root log: \(error)")
    }
  }

  /// What it says of all logs; of none where there is no vault.
  static func all(data: String) throws -> ProvedLogs.Marks {
    do throws(VaultError) {
      return try Vault.unsealedMarks(data: data).map { ProvedLogs.Marks($0) } ?? ProvedLogs.Marks()
    } catch {
      throw CommandFailure(.unreadableInput, "what the vault in `\(data)` says of the logs: \(error)")
    }
  }

  /// How many times it knows each shard to have been given up; nil where there is no vault.
  static func shardEpochs(data: String) throws -> [ReplicaName: RootEpoch]? {
    do throws(VaultError) {
      return try Vault.unsealedMarks(data: data).map { LogMarking.epochs($0) }
    } catch {
      throw CommandFailure(.unreadableInput, "what the vault in `\(data)` says of the shards: \(error)")
    }
  }

  /// The mark; nil, and a line on standard error, where no vault says anything.
  static func read(data: String) throws -> RootMark? {
    if let mark = try ofRoot(data: data) { return mark }
    StandardError.line("not checked: what the vault says of the root log, which is not here or was never told")
    return nil
  }
}
