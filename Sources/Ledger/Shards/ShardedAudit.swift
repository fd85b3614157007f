import Ciphers
import Storage

/// The check of a sharded log.
struct ShardedAudit {
  private struct Recorded {
    var index: UInt64
    var checkpoint: ShardCheckpoint
  }

  /// What the root log says of a shard at one size.
  private struct Claim {
    let index: UInt64
    let size: UInt64
    let root: Digest
  }

  private let folders: ShardFolders
  private let keys: [ReplicaName: VerifierKey]
  private var recorded: [ReplicaName: [Recorded]] = [:]
  private var records: [ReplicaName: ShardRecord] = [:]
  /// What was given up of each shard, and where the root log says so.
  private var givenUp: [ReplicaName: [(index: UInt64, what: ShardGivenUp)]] = [:]
  private var claims = RootClaims()
  private var events = EventIDs()
  private var isRootMissing = false
  /// What the root log was checked with.
  private var rootKey: VerifierKey?
  private var standing = RootStanding()
  /// How many times the vault knows each shard to have been given up.
  private var known: [ReplicaName: RootEpoch] = [:]
  private(set) var verification = ShardedVerification()

  init(_ folders: ShardFolders, _ keys: [ReplicaName: VerifierKey]) {
    self.folders = folders
    self.keys = keys
  }

  /// The replicas that have begun a shard or are in the root log.
  func replicas() throws(LedgerError) -> [ReplicaName] {
    var begun: Set<ReplicaName> = []
    for replica in try folders.replicas() where try folders.hasBegun(replica) { begun.insert(replica) }
    return begun.union(records.keys).union(keys.keys).sorted()
  }

  /// Checks the root log and collects what it records.
  ///
  /// One that is missing is a fault where somebody says that there was one, and an error else: see `checkClaims`.
  mutating func checkRoot(_ given: VerifierKey?, _ witnesses: ShardedVerification.Witnesses) throws(LedgerError) {
    claims.add(witnesses)
    known = witnesses.shards ?? [:]
    let key: VerifierKey
    let root: Verification
    do throws(LedgerError) {
      key = if let given { given } else { try Custody.verifier(data: folders.root) }
      root = try AuditLog.verify(data: folders.root, key: key)
    } catch {
      guard error.code == .missing else { throw error }
      isRootMissing = true
      return
    }
    rootKey = key
    claims.add(mark: witnesses.mark, signedBy: key)
    verification.rootEntries = root.entries
    if let fault = root.fault { fail(nil, nil, .damaged(fault)) }
    var newest = FencingToken(0)
    var reader = try EntryReader.whole(data: folders.root, signedBy: key)
    while let entry = try reader?.nextWhole() {
      guard entry.index < root.entries else { break }
      if let givenUp = RootGivenUp(entry) { standing.follow(givenUp) }
      if entry.outline.event == .shardGivenUp { takeIn(givenUp: entry) }
      guard entry.outline.event == .shardCheckpoint else { continue }
      guard let checkpoint = ShardCheckpoint(entry.json) else {
        fail(nil, entry.index, .malformed)
        continue
      }
      if checkpoint.token < newest { fail(checkpoint.replica, entry.index, .staleToken) }
      newest = max(newest, checkpoint.token)
      recorded[checkpoint.replica, default: []].append(Recorded(index: entry.index, checkpoint: checkpoint))
      records[checkpoint.replica, default: ShardRecord()].follow(checkpoint)
    }
    (verification.epoch, verification.givenUp) = (standing.epoch, standing.givenUp)
    guard let known = witnesses.shards else { return }
    for (replica, record) in records where record.epoch > known[replica] ?? .first {
      fail(replica, nil, .unfinished(known: known[replica] ?? .first, found: record.epoch))
    }
  }

  /// Lets go of what was recorded of a shard before two people gave it up.
  ///
  /// Signatures and sizes of that are checked all the same: they are the root log's own.
  private mutating func takeIn(givenUp entry: StoredEntry) {
    guard let what = ShardGivenUp(entry.json) else { return fail(nil, entry.index, .notGivenUp) }
    // One that gives nothing up names no shard either.
    var record = records[what.replica] ?? ShardRecord()
    guard record.follow(what) else { return fail(nil, entry.index, .notGivenUp) }
    records[what.replica] = record
    givenUp[what.replica, default: []].append((entry.index, what))
  }

  /// Checks a shard, and what the root log records of it.
  mutating func checkShard(_ replica: ReplicaName) throws(LedgerError) {
    let all = recorded[replica] ?? []
    let last = givenUp[replica]?.last
    let recorded = all.filter { last == nil || $0.index > last?.index ?? 0 }
    guard let key = try key(of: replica) else {
      if let last = recorded.last {
        fail(replica, last.index, .gap(0..<max(1, last.checkpoint.size)))
      } else if let last {
        fail(replica, last.index, .gap(0..<max(1, last.what.found)))
      } else {
        fail(replica, nil, .unverifiable)
      }
      note(replica, entries: 0, recorded)
      return
    }
    if recorded.isEmpty, last == nil, keys[replica] == nil { fail(replica, nil, .foreign) }
    checkRecords(replica, all, key)
    var entries: UInt64 = 0
    do throws(LedgerError) {
      let shard = try AuditLog.verify(data: folders.shard(of: replica), key: key)
      entries = shard.entries
      if let fault = shard.fault { fail(replica, nil, .damaged(fault)) }
    } catch {
      guard error.code == .missing else { throw error }
    }
    try compare(replica, recorded, entries, key)
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
    var givenUp = (givenUp[replica] ?? [])[...]
    for record in recorded {
      while let next = givenUp.first, next.index < record.index {
        size = next.what.found
        givenUp.removeFirst()
      }
      if record.checkpoint.key != key.key || !record.checkpoint.isSigned(origin: key.name) {
        fail(replica, record.index, .notSigned)
      }
      if record.checkpoint.size < size { fail(replica, record.index, .shrank) }
      size = max(size, record.checkpoint.size)
    }
  }

  /// Rebuilds the tree of a shard and compares its root at each recorded size; takes in what its entries say of the root
  /// log, and which events of the vault they are.
  private mutating func compare(
    _ replica: ReplicaName, _ recorded: [Recorded], _ entries: UInt64, _ key: VerifierKey
  ) throws(LedgerError) {
    // Of equals the first recorded stays first: what two people took, and the earliest checkpoint.
    let taken = givenUp[replica]?.last.map { Claim(index: $0.index, size: $0.what.found, root: $0.what.root) }
    let claims = recorded.map { Claim(index: $0.index, size: $0.checkpoint.size, root: $0.checkpoint.root) }
    var waiting = ([taken].compactMap(\.self) + claims).sorted { ($0.size, $0.index) < ($1.size, $1.index) }[...]
    var tree = Frontier()
    var isForked = false
    var reader = entries > 0 ? try EntryReader.whole(data: folders.shard(of: replica), signedBy: key) : nil
    while true {
      while let record = waiting.first, record.size == tree.size {
        // The first difference says it all: every later root differs too.
        if record.root != tree.root, !isForked {
          fail(replica, record.index, .forked(size: tree.size))
          isForked = true
        }
        waiting.removeFirst()
      }
      guard tree.size < entries, let entry = try reader?.nextWhole() else { break }
      tree.append(MerkleTree.leaf(entry.json.span))
      if let claim = RootClaim(entry) { self.claims.add(claim, of: replica) }
      if let id = entry.outline.request, events.isRepeated(id) {
        verification.repetitions.append(
          ShardedVerification.Repetition(id: id, replica: replica, index: entry.index))
      }
    }
    guard let last = waiting.max(by: { $0.size < $1.size }) else { return }
    fail(replica, last.index, .gap(tree.size..<last.size))
  }

  /// Holds the root log against everything that says where it stood.
  mutating func checkClaims() throws(LedgerError) {
    verification.rootWitnesses = claims.count
    guard !isRootMissing || claims.count > 0 else { throw LedgerError(.missing) }
    var tree = Frontier()
    var reader = isRootMissing ? nil : try EntryReader.whole(data: folders.root, signedBy: rootKey)
    let isWhole = !verification.faults.contains { $0.replica == nil }
    verification.knownEpoch = max(claims.newestEpoch, standing.epoch)
    verification.knownSize = claims.largestSize
    if isRootMissing { standing = RootStanding(claims.newestEpoch) }
    for fault in claims.begin(standing) { fail(nil, nil, fault) }
    while true {
      for fault in claims.follow(tree) { fail(nil, nil, fault) }
      // What shards say was read later than the root log, which may have grown.
      guard isWhole || tree.size < verification.rootEntries, let entry = try reader?.nextWhole() else { break }
      tree.append(MerkleTree.leaf(entry.json.span))
    }
    for fault in claims.rest(after: tree.size) { fail(nil, nil, fault) }
  }

  private mutating func note(_ replica: ReplicaName, entries: UInt64, _ recorded: [Recorded]) {
    verification.shards.append(
      ShardedVerification.Shard(
        replica: replica, entries: entries, recorded: recorded.map(\.checkpoint.size).max() ?? 0,
        checkpoints: recorded.count, givenUp: (givenUp[replica] ?? []).map(\.what),
        forgotten: ForgottenGivingUp(replica, known: known[replica], said: records[replica]?.epoch)))
  }

  private mutating func fail(_ replica: ReplicaName?, _ index: UInt64?, _ code: ShardFault.Code) {
    verification.faults.append(ShardFault(replica: replica, rootIndex: index, code: code))
  }
}
