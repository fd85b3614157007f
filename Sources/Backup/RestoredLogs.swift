import Bytes
import Ciphers
import Ledger

/// What the logs of a backup say that is acted on when it is restored.
///
/// They are those that the manifest lists, all of them signed by one key under the names of their places: who writes an
/// archive can put any other log into it, and have it say whose keys were destroyed.
struct RestoredLogs {
  private let logs: [(data: String, key: VerifierKey, shard: String?, isProved: Bool)]

  /// The logs of an unpacked archive, signed by `key`.
  ///
  /// Of a shard that the archive says nothing proves, or that is in `accepted`, counts what its seals cover before the first
  /// thing that is wrong with it.
  init(
    _ manifest: Manifest, in directory: LocalDirectory, _ key: VerifierKey?, accepting accepted: Set<ReplicaName>
  ) throws(BackupError) {
    var logs: [(String, VerifierKey, String?, Bool)] = []
    let unproved = accepted.union(manifest.unproved)
    var listed = Set(manifest.shards.map { ReplicaName?.some($0.replica) })
    if manifest.log != nil { listed.insert(nil) }
    let found = try BackupError.typed { try ShardedLog.logs(of: directory.path) }
    for log in found where listed.contains(log.replica) || LocalDirectory.exists("\(log.data)/log") {
      let name = log.replica.map { "shards/\($0)" } ?? "log"
      let isProved = log.replica.map { !unproved.contains($0) } ?? true
      if let replica = log.replica, !isProved { listed.insert(replica) }
      guard listed.contains(log.replica) else { throw BackupError(.notAsListed, name: name) }
      let own = try BackupError.typed { () throws in
        try key.flatMap { try ShardedLog.verifier(of: log, in: directory.path, signedBy: $0.key) }
      }
      guard let own, let key, RestoredLogs.isName(own.name, of: log.replica, besides: key.name, manifest) else {
        guard !isProved else { throw BackupError(.foreignLog, name: name) }
        continue
      }
      logs.append((log.data, own, log.replica == nil ? nil : name, isProved))
    }
    self.logs = logs
  }

  /// A log from before there were shards may have been called otherwise than the root log is, but not as a shard.
  private static func isName(
    _ name: String, of replica: ReplicaName?, besides root: String, _ manifest: Manifest
  ) -> Bool {
    if let replica { return name == "\(root)/\(replica)" }
    return manifest.rootLog == nil ? name == root : !name.hasPrefix("\(root)/")
  }

  /// What all logs of an archive are checked with: the key that was given, or that of its root log, or of its log; nil
  /// where it has none.
  static func key(
    of manifest: Manifest, in directory: LocalDirectory, _ given: VerifierKey?
  ) throws(BackupError) -> VerifierKey? {
    if let given { return given }
    guard manifest.log != nil || manifest.rootLog != nil else { return nil }
    let data = manifest.rootLog == nil ? directory.path : ShardedLog.root(of: directory.path)
    return try BackupError.typed { try Custody.verifier(data: data) }
  }

  /// Whose keys they say were destroyed.
  ///
  /// That cannot be undone, and is announced first: what was never announced was not done, and what was announced only
  /// keeps the key.
  func shreds() throws(BackupError) -> [Digest] {
    var announced: Set<Digest> = []
    var done: [Digest] = []
    try read { entry throws(LedgerError) in
      guard entry.outline.event == .subjectShredded, let json = try? JSONValue(parsing: entry.json),
        let tag = json["object"]?.string.flatMap({ Digest(hexadecimal: $0) })
      else { return }
      if json["rule"]?.string == "announced" { announced.insert(tag) } else { done.append(tag) }
    }
    return done.filter { announced.contains($0) }
  }

  /// Whether they say that the keys left in the escrow of this digest.
  func sayExported(_ escrow: Digest) throws(BackupError) -> Bool {
    var isFound = false
    try read { entry throws(LedgerError) in
      guard !isFound, entry.outline.event == .keyExported else { return }
      guard let json = try? JSONValue(parsing: entry.json) else { return }
      isFound = json["object"]?.string == escrow.description
    }
    return isFound
  }

  private func read(_ body: (StoredEntry) throws(LedgerError) -> Void) throws(BackupError) {
    for log in logs {
      do throws(LedgerError) {
        var entries = try EntryReader(data: log.data, signedBy: log.key)
        while let entry = try entries.next() { try body(entry) }
      } catch {
        guard log.isProved || error.isOfTheSystem else { continue }
        if case .damaged = error.code { throw BackupError(.log, name: log.shard) }
        throw BackupError(.ledger(error.code), number: error.number)
      }
    }
  }
}
