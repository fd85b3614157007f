import Gateway
import Glibc
import Ledger
import Storage

/// What the gateway reaches that is not in its configuration itself.
enum EgressSources {
  /// The witnesses of the logs of a data directory, each once.
  static func witnesses(_ configuration: Configuration) throws -> [Witness] {
    let folders = Set([configuration.dataDirectory, configuration.rootDirectory, configuration.logDirectory])
    var witnesses: [Witness] = []
    for folder in folders.sorted() {
      let list: WitnessList
      do throws(LedgerError) {
        list = try WitnessList(data: folder)
      } catch {
        guard error.code == .missing else { throw CommandFailure(.unreadableInput, "\(folder): \(error)") }
        continue
      }
      for witness in list.witnesses where !witnesses.contains(witness) { witnesses.append(witness) }
    }
    if unsafe access(configuration.dataDirectory, F_OK) != 0 {
      StandardError.line("`\(configuration.dataDirectory)` is not there: no witnesses of its log are known")
    }
    return witnesses
  }

  /// The servers of the database with the leases.
  static func leases(_ configuration: Configuration) throws -> [EgressDestination] {
    guard let source = configuration.log.shards?.leases else { return [] }
    guard let places = PostgreSQLPlaces.places(of: try Sharding.address(source)) else {
      throw CommandFailure(.badConfiguration, "`log.shards.leases`: not an address of PostgreSQL")
    }
    return places.map { EgressDestination($0.host, $0.port, .tcp, for: "leases") }
  }
}
