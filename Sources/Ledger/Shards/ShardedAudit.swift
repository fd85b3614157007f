import Ciphers
import Storage

/// The check of a sharded log.
struct ShardedAudit {
  private struct Recorded {
    var index: UInt64
    var checkpoint: ShardCheckpoint
  }

  private let folders: ShardFolders
  private let keys: [ReplicaName: VerifierKey]
  private var recorded: [ReplicaName: [Recorded]] = [:]
  private(set) var verification = ShardedVerification()

  init(_ folders: ShardFolders, _ keys: [ReplicaName: VerifierKey]) {
    self.folders = folders
    self.keys = keys
  }

  /// The replicas that have a shard or are in the root log.
  func replicas() throws(LedgerError) -> [ReplicaName] {
    try Set(folders.replicas()).union(recorded.keys).union(keys.keys).sorted()
  }

  /// Checks the root log and collects what it records.
  mutating func checkRoot(_ key: VerifierKey?) throws(LedgerError) {
    let key = if let key { key } else { try Custody.verifier(data: folders.root) }
    let root = try AuditLog.verify(data: folders.root, key: key)
    verification.rootEntries = root.entries
    if let fault = root.fault { fail(nil, nil, .damaged(fault)) }
    var newest = FencingToken(0)
    var reader = try EntryReader(data: folders.root)
    while let entry = try reader.next() {
      guard entry.index < root.entries else { break }
      guard entry.outline.event == .shardCheckpoint else { continue }
      guard let checkpoint = ShardCheckpoint(entry.json) else {
        fail(nil, entry.index, .malformed)
        continue
      }
      if checkpoint.token < newest { fail(checkpoint.replica, entry.index, .staleToken) }
      newest = max(newest, checkpoint.token)
      recorded[checkpoint.replica, default: []].append(Recorded(index: entry.index, checkpoint: checkpoint))
    }
  }

  /// Checks a shard, and what the root log records of it.
  mutating func checkShard(_ replica: ReplicaName) throws(LedgerError) {
    let recorded = recorded[replica] ?? []
    guard let key = try key(of: replica) else {
      if let last = recorded.last {
        fail(replica, last.index, .gap(0..<max(1, last.checkpoint.size)))
      } else {
        fail(replica, nil, .unverifiable)
      }
      note(replica, entries: 0, recorded)
      return
    }
    if recorded.isEmpty, keys[replica] == nil { fail(replica, nil, .foreign) }
    checkRecords(replica, recorded, key)
    var entries: UInt64 = 0
    do throws(LedgerError) {
      let shard = try AuditLog.verify(data: folders.shard(of: replica), key: key)
      entries = shard.entries
      if let fault = shard.fault { fail(replica, nil, .damaged(fault)) }
    } catch {
      guard error.code == .missing else { throw error }
    }
    try compare(replica, recorded, entries)
    note(replica, entries: entries, recorded)
  }

  private func key(of replica: ReplicaName) throws(LedgerError) -> VerifierKey? {
    if let key = keys[replica] { return key }
    do throws(LedgerError) {
      return try Custody.verifier(data: folders.shard(of: replica))
    } catch {
      guard error.code == .missing else { throw error }
      return nil
    }
  }

  private mutating func checkRecords(_ replica: ReplicaName, _ recorded: [Recorded], _ key: VerifierKey) {
    var size: UInt64 = 0
    for record in recorded {
      if record.checkpoint.key != key.key || !record.checkpoint.isSigned(origin: key.name) {
        fail(replica, record.index, .notSigned)
      }
      if record.checkpoint.size < size { fail(replica, record.index, .shrank) }
      size = max(size, record.checkpoint.size)
    }
  }

  /// Rebuilds the tree of a shard and compares its root at each recorded size.
  private mutating func compare(_ replica: ReplicaName, _ recorded: [Recorded], _ entries: UInt64) throws(LedgerError) {
    var waiting = recorded.sorted { $0.checkpoint.size < $1.checkpoint.size }[...]
    var tree = Frontier()
    var isForked = false
    var reader = entries > 0 && !waiting.isEmpty ? try EntryReader(data: folders.shard(of: replica)) : nil
    while true {
      while let record = waiting.first, record.checkpoint.size == tree.size {
        // The first difference says it all: every later root differs too.
        if record.checkpoint.root != tree.root, !isForked {
          fail(replica, record.index, .forked(size: tree.size))
          isForked = true
        }
        waiting.removeFirst()
      }
      guard !waiting.isEmpty, tree.size < entries, let entry = try reader?.next() else { break }
      tree.append(MerkleTree.leaf(entry.json.span))
    }
    guard let last = waiting.max(by: { $0.checkpoint.size < $1.checkpoint.size }) else { return }
    fail(replica, last.index, .gap(tree.size..<last.checkpoint.size))
  }

  private mutating func note(_ replica: ReplicaName, entries: UInt64, _ recorded: [Recorded]) {
    verification.shards.append(
      ShardedVerification.Shard(
        replica: replica, entries: entries, recorded: recorded.map(\.checkpoint.size).max() ?? 0,
        checkpoints: recorded.count))
  }

  private mutating func fail(_ replica: ReplicaName?, _ index: UInt64?, _ code: ShardFault.Code) {
    verification.faults.append(ShardFault(replica: replica, rootIndex: index, code: code))
  }
}
