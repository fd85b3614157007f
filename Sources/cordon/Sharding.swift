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

  /// Records what the shards have now.
  static func record(_ vault: Vault, _ place: VaultPlace, _ turn: RootTurn) async throws -> ShardRound {
    let signer = try await vault.logSigner()
    let shards = try ShardedLog(data: place.data, origin: place.origin)
    return try await turn.record(shards, at: Timestamp(milliseconds: Assembly.now())) { try signer.key() }
  }

  private static func address(_ source: SecretSource) throws -> String {
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
