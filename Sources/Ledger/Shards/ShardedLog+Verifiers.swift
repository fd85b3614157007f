package import Ciphers

extension ShardedLog.Log {
  /// Reads its entries, with their sealed parts if `sealed` says so; nil while it has none.
  package func reader(sealed: Bool = false) throws(LedgerError) -> EntryReader? {
    do throws(LedgerError) {
      return try EntryReader(data: data, sealed: sealed)
    } catch {
      guard error.code == .missing else { throw error }
      return nil
    }
  }
}

extension ShardedLog {
  /// The key that one of the logs of a data directory is checked with, under the name that a log in its place has; nil
  /// when it is not one that `key` signs.
  ///
  /// The vault's key signs all of them. Only the name tells a shard from a copy of another one.
  package static func verifier(
    of log: Log, in data: String, signedBy key: VerificationKey
  ) throws(LedgerError) -> VerifierKey? {
    do throws(LedgerError) {
      let own = try Custody.verifier(data: log.data)
      guard own.key == key else { return nil }
      guard let replica = log.replica else { return own }
      return own.name.hasSuffix("/\(replica)") ? own : nil
    } catch {
      guard error.code == .missing || error.code == .invalidKey else { throw error }
      return nil
    }
  }
}
