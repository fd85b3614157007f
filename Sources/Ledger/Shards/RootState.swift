import Bytes
import Ciphers
import Storage

/// What the root log says last: of each shard its newest checkpoint, of all the newest token.
///
/// INVARIANT: it holds what signed seals cover, and reading goes on where a seal ended. What follows the last seal may be
/// cut off by whoever opens the root log next, and other entries may be written in its place.
struct RootState {
  var records: [ReplicaName: ShardRecord] = [:]
  var token = FencingToken(0)
  /// Its epoch, as far as it was read.
  var standing = RootStanding()
  /// Up to where it was read; nil before its first entry.
  var place: SealedBatches.Place?

  /// Reads what was appended to the root log since the last time: what seals of `key` cover, or of the directory's own
  /// key where none is given.
  ///
  /// Nobody writes to a root log that is `locked`: there every record has to be readable, and sealed. Of another it is read
  /// what a published checkpoint covers. The first time it goes on from where the root log's own key signed what it had
  /// said (`KeptRootState`): the tree of the rest has to be that one with the entries that follow. Every byte of the rest
  /// is held against the tree that was signed, and one signature is checked, however many there are.
  mutating func catchUp(with folders: ShardFolders, signedBy key: VerificationKey?, locked: Bool) throws {
    let log = LogDirectory(data: folders.root)
    let segments = try SegmentList(in: log.segments)
    guard place != nil || !segments.firsts.isEmpty else { return }
    let verifier = try Custody.verifier(data: folders.root)
    guard key.map({ $0 == verifier.key }) != false else { throw LedgerError(.invalidKey) }
    var state = self
    if place == nil, let kept = KeptRootState(in: folders.root, signedBy: verifier)?.state { state = kept }
    do throws(LedgerError) {
      try state.read(log, verifier, locked: locked, atCheckpoint: true)
      try state.checkEnd(of: segments, locked: locked)
      self = state
    } catch {
      guard case .damaged = error.code else { throw error }
      // The first seal that does not hold says which batch is not as it was signed.
      try read(log, verifier, locked: locked, atCheckpoint: false)
      try checkEnd(of: segments, locked: locked)
    }
  }

  /// Throws `damaged` where something follows the last seal of a root log that nobody writes to.
  private func checkEnd(of segments: SegmentList, locked: Bool) throws(LedgerError) {
    guard locked, let place, let length = try File.status(of: segments.path(place.segment))?.size else { return }
    guard place.offset == length else { throw LedgerError.damaged(Fault(.unreadableRecord, at: place.tree.size)) }
  }

  /// Takes in what is sealed, of which each signature is checked, or of those up to the published checkpoint the last.
  private mutating func read(
    _ log: LogDirectory, _ key: VerifierKey, locked: Bool, atCheckpoint: Bool
  ) throws(LedgerError) {
    var batches = try RootState.batches(of: log, key, after: place)
    if atCheckpoint { batches.checkAtCheckpoint() }
    // What a published checkpoint covers is on disk. What is sealed beyond it may be cut off by a holder whose disk refuses.
    let end = locked ? UInt64.max : batches.signed
    while place?.tree.size ?? 0 < end, let batch = try batches.next() {
      for entry in batch { takeIn(entry.json) }
      place = batches.place
    }
  }

  private static func batches(
    of log: LogDirectory, _ key: VerifierKey, after place: SealedBatches.Place?
  ) throws(LedgerError) -> SealedBatches {
    guard let place else { return try SealedBatches(log, signedBy: key) }
    return try SealedBatches(log, signedBy: key, after: place)
  }

  private mutating func takeIn(_ json: [UInt8]) {
    switch EntryOutline(json.span)?.event {
    case .shardCheckpoint:
      guard let checkpoint = ShardCheckpoint(json) else { return }
      records[checkpoint.replica, default: ShardRecord()].follow(checkpoint)
      token = max(token, checkpoint.token)
    case .rootGivenUp:
      if let givenUp = RootGivenUp(json) { standing.follow(givenUp) }
    case .shardGivenUp:
      // One that does not fit gives nothing up: the shard goes on being held against what was recorded.
      guard let givenUp = ShardGivenUp(json) else { return }
      var record = records[givenUp.replica] ?? ShardRecord()
      if record.follow(givenUp) { records[givenUp.replica] = record }
    default: return
    }
  }

  /// The replicas that the root log has recorded.
  var replicas: some Collection<ReplicaName> { records.keys }

  /// What the shard of a replica has to go on from; nil when the root log has nothing of it.
  subscript(replica: ReplicaName) -> RecordedShard? { records[replica]?.recorded }

  /// How the shard of a replica was given up last; nil when it never was.
  func givenUp(_ replica: ReplicaName) -> ShardGivenUp? { records[replica]?.givenUp }

  /// Throws when the shard of a replica was given up oftener than the vault knows.
  func check(_ replica: ReplicaName, known: RootEpoch) throws(ShardError) {
    let epoch = records[replica]?.epoch ?? .first
    guard epoch <= known else { throw ShardError.unfinished(known: known, found: epoch) }
  }

  /// Throws unless no newer lease than that of `token` has appended.
  func check(_ token: FencingToken) throws(ShardError) {
    guard token >= self.token else { throw ShardError.staleHolder(newest: self.token) }
    guard self.token.mayBeFollowed(by: token) else { throw ShardError.strayToken(newest: self.token) }
  }

  /// What a holder of `token` appends for a shard; nil when there is nothing new to say.
  func next(_ replica: ReplicaName, token: FencingToken, in folders: ShardFolders) throws -> ShardCheckpoint? {
    try check(token)
    guard let (key, checkpoint, line) = try folders.published(replica), let signature = Signature(line.signature.span)
    else { throw ShardError.noCheckpoint }
    if let last = self[replica] {
      guard last.key ?? key.key == key.key else { throw ShardError.anotherKey }
      guard checkpoint.size >= last.size else { throw ShardError.shrank(recorded: last.size) }
      guard checkpoint.size > last.size || checkpoint.root == last.root else {
        throw ShardError.forked(recorded: last.size)
      }
      if checkpoint.size > last.size { try folders.check(checkpoint, extends: last, signedBy: key.key) }
      // The first entry of a lease is made even so: from it on, older tokens are refused.
      if checkpoint.size == last.size, token == self.token, last.key != nil { return nil }
    }
    return ShardCheckpoint(
      replica: replica, size: checkpoint.size, root: checkpoint.root, token: token, key: key.key, signature: signature)
  }
}
