package import Ledger

/// A log with the key that has to have signed it.
package struct KeyedLog: Hashable, Sendable {
  /// Whose shard it is; nil for the log of a single gateway.
  package let replica: ReplicaName?
  /// Its data directory.
  package let data: String
  /// The key, under the name that the log has to have.
  package let key: VerifierKey

  /// A log.
  package init(replica: ReplicaName? = nil, data: String, key: VerifierKey) {
    (self.replica, self.data, self.key) = (replica, data, key)
  }

  /// The logs of a data directory, each with the key that lies beside it; those that were never begun are left out.
  ///
  /// Who can write there can have replaced logs and keys: whoever shows what they say has to say so.
  package static func own(of data: String) throws(LedgerError) -> [KeyedLog] {
    var logs: [KeyedLog] = []
    for log in try ShardedLog.logs(of: data) {
      do throws(LedgerError) {
        logs.append(KeyedLog(replica: log.replica, data: log.data, key: try Custody.verifier(data: log.data)))
      } catch {
        guard error.code == .missing else { throw error }
      }
    }
    return logs
  }

  /// Reads its entries; nil where there are none yet.
  package func reader() throws(LedgerError) -> EntryReader? {
    do throws(LedgerError) {
      return try EntryReader(data: data, signedBy: key)
    } catch {
      guard error.code == .missing else { throw error }
      return nil
    }
  }
}

extension ProvedLogs {
  /// The same logs.
  package var keyed: [KeyedLog] { logs.map { KeyedLog(replica: $0.replica, data: $0.data, key: $0.key) } }
}
