package import Ciphers
import Bytes
package import Ledger
package import Vault

extension LastEntries {
  /// What the logs of a data directory say, every shard of them, read from what is signed and not from a search index.
  package convenience init(about tags: [Digest], in logs: ProvedLogs) throws {
    guard !logs.logs.isEmpty else { throw LedgerError(.missing) }
    var moments: [Digest: Moment?] = [:]
    for tag in tags { moments[tag] = .some(nil) }
    for log in logs.logs {
      var entries = try log.reader()
      while let entry = try entries.next() {
        guard let named = try JSONValue(parsing: entry.json)["tags"]?.array else { continue }
        let moment = Moment(milliseconds: entry.outline.time.milliseconds)
        for tag in named.compactMap({ $0.string.flatMap { Digest(hexadecimal: $0) } }) {
          guard let known = moments[tag] else { continue }
          moments[tag] = .some(known.map { max($0, moment) } ?? moment)
        }
      }
    }
    self.init(moments)
  }
}
