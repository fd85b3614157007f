package import Ledger
import Vault

extension Gateway {
  /// The witnesses of a log in a data directory: those that the vault keeps, or those of the file where it keeps none.
  ///
  /// Where the file says something else than the vault, that is an alarm, and does not end witnessing.
  package func witnesses(of log: String, data: String) async throws -> (list: WitnessList, isAltered: Bool) {
    guard let kept = try await vault.witnesses(of: log) else { return (try WitnessList(data: data), false) }
    let isAltered = try !WitnessList.isStored(kept, data: data)
    if isAltered { notice(.alteredRecord) }
    return (try WitnessList(parsing: kept), isAltered)
  }
}
