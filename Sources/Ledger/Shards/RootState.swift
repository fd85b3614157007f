import Bytes
import Ciphers
import Storage

/// What the root log says last: of each shard its newest checkpoint, of all the newest token.
///
/// INVARIANT: it holds sealed entries only, and reading goes on where a seal ended. What follows the last seal may be
/// cut off by whoever opens the root log next, and other entries may be written in its place.
struct RootState {
  private var last: [ReplicaName: ShardCheckpoint] = [:]
  private var token = FencingToken(0)
  /// Its epoch, as far as it was read.
  private(set) var standing = RootStanding()
  private var segment: UInt64?
  private var offset: UInt64?
  private var size: UInt64 = 0

  /// Reads what was appended to the root log since the last time.
  ///
  /// Nobody writes to a root log that is `locked`: there every record has to be readable, and sealed.
  mutating func catchUp(with folders: ShardFolders, locked: Bool) throws {
    let segments = try SegmentList(in: LogDirectory(data: folders.root).segments)
    guard var current = segment ?? segments.firsts.first else { return }
    while true {
      let path = segments.path(current)
      let end = try File.status(of: path)?.size ?? 0
      guard offset ?? 0 <= end else { throw LedgerError.damaged(Fault(.truncated(signed: size), at: current)) }
      guard var reader = try SegmentReader.opened(path, at: offset, reading: SegmentReader.narrow) else {
        // Its head is being written, or was torn.
        if locked { throw LedgerError.damaged(Fault(.segmentHeader, at: current)) }
        return
      }
      (segment, offset) = (current, reader.offset)
      try takeIn(&reader)
      if locked, offset != end { throw LedgerError.damaged(Fault(.unreadableRecord, at: size)) }
      guard size != current, segments.firsts.contains(size) else { return }
      (current, offset) = (size, nil)
      segment = current
    }
  }

  /// Takes in the sealed batches of one segment.
  private mutating func takeIn(_ reader: inout SegmentReader) throws {
    var batch: [ShardCheckpoint] = []
    var givenUp: [RootGivenUp] = []
    var staged = size
    while let record = try reader.next() {
      switch record.kind {
      case .entry:
        guard record.sequence == staged else { return }
        staged += 1
        let json = reader.withBody(of: record) { [UInt8](copying: $0) }
        if let checkpoint = ShardCheckpoint(json) {
          batch.append(checkpoint)
        } else if let entry = RootGivenUp(json) {
          givenUp.append(entry)
        }
      case .part: continue
      case .seal:
        guard record.sequence == staged else { return }
        for checkpoint in batch {
          last[checkpoint.replica] = checkpoint
          token = max(token, checkpoint.token)
        }
        for entry in givenUp { standing.follow(entry) }
        batch.removeAll(keepingCapacity: true)
        givenUp.removeAll(keepingCapacity: true)
        (size, offset) = (staged, reader.offset)
      }
    }
  }

  /// The replicas that the root log has recorded.
  var replicas: some Collection<ReplicaName> { last.keys }

  /// The newest checkpoint that the root log has of a replica.
  subscript(replica: ReplicaName) -> ShardCheckpoint? { last[replica] }

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
    if let last = last[replica] {
      guard last.key == key.key else { throw ShardError.anotherKey }
      guard checkpoint.size >= last.size else { throw ShardError.shrank(recorded: last.size) }
      guard checkpoint.size > last.size || checkpoint.root == last.root else {
        throw ShardError.forked(recorded: last.size)
      }
      if checkpoint.size > last.size { try folders.check(checkpoint, extends: last) }
      // The first entry of a lease is made even so: from it on, older tokens are refused.
      if checkpoint.size == last.size, token == self.token { return nil }
    }
    return ShardCheckpoint(
      replica: replica, size: checkpoint.size, root: checkpoint.root, token: token, key: key.key, signature: signature)
  }
}
