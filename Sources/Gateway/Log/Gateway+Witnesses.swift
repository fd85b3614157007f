import Ciphers
package import Ledger
package import Vault

extension WitnessList {
  /// The witnesses of a log in a data directory: those that the vault keeps, whatever the file says; whether the file says
  /// something else.
  ///
  /// A list from before the vault kept any is taken up, with an event for the log, and so is that there is none: from
  /// then on nobody puts witnesses of their own into the file.
  package static func kept(
    of log: String, in data: String, _ vault: Vault
  ) async throws -> (list: WitnessList, isAltered: Bool) {
    if let kept = try await vault.witnesses(of: log) {
      return (try WitnessList(parsing: kept), try !WitnessList.isStored(kept, data: data))
    }
    let list = try WitnessList(data: data)
    let bytes = list.bytes
    if !list.witnesses.isEmpty {
      try await vault.note(
        .witnessesChanged, about: "witnesses", change: StoredChange(to: Digest(hashing: bytes.span)))
    }
    try await vault.keep(witnesses: bytes, of: log)
    // The file may have had comments in it.
    if try !WitnessList.isStored(bytes, data: data) { try list.store(data: data) }
    return (list, false)
  }
}

extension Gateway {
  /// The witnesses of a log in a data directory, as the vault keeps them.
  ///
  /// Where the file says something else than the vault, that is an alarm, and does not end witnessing.
  package func witnesses(of log: String, data: String) async throws -> (list: WitnessList, isAltered: Bool) {
    let kept = try await WitnessList.kept(of: log, in: data, vault)
    if kept.isAltered { notice(.alteredRecord) }
    return kept
  }
}
