import Gateway
import Glibc
import Ledger
import Logging
import Vault

/// The log of several replicas: where each writes, and who records the shards in the root log.
enum Sharding {
  /// Makes the folders of the shards, or refuses to write a log of one gateway where there are several.
  static func prepare(_ configuration: Configuration) throws {
    let data = configuration.dataDirectory
    guard configuration.log.shards == nil else {
      do throws(LedgerError) {
        _ = try ShardedLog(data: data, origin: configuration.log.origin)
      } catch {
        throw CommandFailure(.unavailable, "the shards in `\(data)` cannot be opened: \(error)")
      }
      return
    }
    guard !ShardedLog.isSharded(data) else {
      throw CommandFailure(
        .badConfiguration,
        "several replicas write the log in `\(data)`\nhelp: name this one with `log.shards.replica`")
    }
  }

  /// Refuses to begin where the root log is not what the vault says of it, or not what this replica's shard says.
  static func checkRoot(_ configuration: Configuration, _ vault: Vault) async throws {
    guard let replica = configuration.log.shards?.replica else { return }
    let (data, shard) = (configuration.dataDirectory, configuration.logDirectory)
    let refusal: String
    do {
      guard let objection = try await RootRecording.objection(data, shard: shard, vault) else {
        guard let proposal = try await ShardGivingUp.brokenOff(replica, data, vault) else { return }
        throw CommandFailure(
          .unavailable,
          "giving up the shard in `\(shard)` was broken off\nhelp: `cordon vault carry-out \(proposal)` goes on; where "
            + "it has expired, propose it again (`cordon vault propose give_up_root \(LogMarking.name(of: replica))`)"
        )
      }
      refusal = objection
    } catch let error as LedgerError {
      refusal = "what the shard says of the root log cannot be read: \(error)"
    } catch let unproved as UnprovedLog {
      refusal = "\(unproved)"
    } catch let error as VaultError {
      throw VaultOptions.failure("the vault in `\(data)`", error)
    }
    throw CommandFailure(
      .unavailable,
      "\(refusal)\nhelp: put back the folder `\(configuration.rootDirectory)`; where it is lost for good, "
        + "two people can give it up (`cordon vault propose give_up_root root-log`), and the log says so")
  }

  /// What has the shards recorded while a gateway runs; nil where there is one gateway.
  static func rounds(_ gateway: Gateway, _ configuration: Configuration, _ logger: Logger) throws -> RootRounds? {
    guard let settings = configuration.log.shards else { return nil }
    let data = configuration.dataDirectory
    let turn = try turn(data: data, leases: settings.leases, holder: settings.replica.description)
    let shards = try ShardedLog(data: data, origin: configuration.log.origin)
    return RootRounds(gateway, shards, turn, settings, logger: logger)
  }

  /// The turn of a replica.
  static func turn(data: String, leases: SecretSource?, holder: String) throws -> RootTurn {
    do {
      return try RootTurn.open(data: data, database: try leases.map(address), holder: "\(holder) \(getpid())")
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.unavailable, "the leases of the root log cannot be opened: \(error)")
    }
  }

  /// What `body` does with the turn, which commands wait for.
  static func withTurn<Value>(_ place: VaultPlace, _ body: (RootTurn) async throws -> Value) async throws -> Value {
    let turn = try turn(data: place.data, leases: place.leases, holder: "\(ShardSettings.commands)")
    for _ in 0..<100 {
      if try turn.take() {
        defer { turn.give() }
        return try await body(turn)
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw CommandFailure(
      .unavailable, "another replica has the turn to record\nhelp: it records the shards by itself every few seconds")
  }

  /// Records what the shards have now.
  static func record(_ vault: Vault, _ place: VaultPlace, _ turn: RootTurn) async throws -> ShardRound {
    let shards = try ShardedLog(data: place.data, origin: place.origin)
    return try await RootRecording.record(shards, turn, vault, at: Timestamp(milliseconds: Assembly.now()))
  }

  /// The address of the database with the leases.
  static func address(_ source: SecretSource) throws -> String {
    let found: String? =
      switch source {
      case .environment(let name): unsafe getenv(name).map { unsafe String(cString: $0) }
      case .file(let path): TextFile.contents(of: path).map { String(decoding: $0, as: UTF8.self) }
      }
    guard let address = found?.split(whereSeparator: \.isNewline).first.map(String.init), !address.isEmpty else {
      throw CommandFailure(.badConfiguration, "`log.shards.leases`: the address is empty or cannot be read")
    }
    return address
  }
}

extension Configuration {
  /// The data directory of the root log.
  var rootDirectory: String { ShardedLog.root(of: dataDirectory) }
}
