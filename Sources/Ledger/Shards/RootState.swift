import Bytes
import Ciphers
import Storage

/// What the root log says last: of each shard its newest checkpoint, of all the newest token.
struct RootState {
  private var last: [ReplicaName: ShardCheckpoint] = [:]
  private var token = FencingToken(0)
  private var segment: UInt64?
  private var offset: UInt64?
  private var size: UInt64 = 0

  /// Reads what was appended to the root log since the last time.
  mutating func catchUp(with folders: ShardFolders) throws {
    let segments = try SegmentList(in: LogDirectory(data: folders.root).segments)
    guard var current = segment ?? segments.firsts.first else { return }
    while var window = try SegmentWindow(segments.path(current), at: offset, reading: SegmentWindow.narrow) {
      while let record = try window.next() {
        if record.kind == .seal { size = record.sequence }
        if record.kind == .entry, let checkpoint = ShardCheckpoint(window.withBody(of: record) { [UInt8](copying: $0) })
        {
          last[checkpoint.replica] = checkpoint
          token = max(token, checkpoint.token)
        }
      }
      (segment, offset) = (current, window.offset)
      guard size != current, segments.firsts.contains(size) else { return }
      (current, offset) = (size, nil)
    }
  }

  /// What a holder of `token` appends for a shard; nil when there is nothing new to say.
  func next(_ replica: ReplicaName, token: FencingToken, in folders: ShardFolders) throws -> ShardCheckpoint? {
    guard token >= self.token else { throw ShardError.staleHolder(newest: self.token) }
    guard let (key, checkpoint, line) = try folders.published(replica), let signature = Signature(line.signature.span)
    else { throw ShardError.noCheckpoint }
    if let last = last[replica] {
      guard last.key == key.key else { throw ShardError.anotherKey }
      guard checkpoint.size >= last.size else { throw ShardError.shrank(recorded: last.size) }
      // The first entry of a lease is made even so: from it on, older tokens are refused.
      if checkpoint.size == last.size, checkpoint.root == last.root, token == self.token { return nil }
    }
    return ShardCheckpoint(
      replica: replica, size: checkpoint.size, root: checkpoint.root, token: token, key: key.key, signature: signature)
  }
}
