/// Where the parts of a sharded log are.
struct ShardFolders: Hashable, Sendable {
  private let data: Directory

  init(data: String) { self.data = Directory(data) }

  /// The data directory of the root log.
  var root: String { data.file("root") }

  /// The data directory of a replica's shard.
  func shard(of replica: ReplicaName) -> String { data.directory("shards").file(replica.description) }

  /// Throws `forked` unless the shard with this checkpoint begins with the entries that were recorded.
  ///
  /// A consistency proof (RFC 6962, section 2.1.2) from the shard's tiles says so, however large it is. Where they give
  /// none, being damaged or on their way, the entries themselves are read.
  func check(_ checkpoint: Checkpoint, extends last: ShardCheckpoint) throws {
    let data = shard(of: last.replica)
    do throws(LedgerError) {
      var tiles = try TileReader(data: data, at: checkpoint)
      let proof = try tiles.consistency(from: last.size, to: checkpoint.size)
      guard
        MerkleProof.proves(
          last.size, root: last.root, isBeginningOf: checkpoint.size, root: checkpoint.root, by: proof)
      else { throw LedgerError(.uncovered(last.size)) }
    } catch {
      if case .uncovered = error.code { throw ShardError.forked(recorded: last.size) }
      try readThrough(data, checkpoint, last)
    }
  }

  private func readThrough(_ data: String, _ checkpoint: Checkpoint, _ last: ShardCheckpoint) throws {
    var reader = try EntryReader(data: data)
    var tree = Frontier()
    while tree.size < checkpoint.size, let entry = try reader.next() {
      tree.append(MerkleTree.leaf(entry.json.span))
      guard tree.size != last.size || tree.root == last.root else { throw ShardError.forked(recorded: last.size) }
    }
    guard tree.size == checkpoint.size, tree.root == checkpoint.root else {
      throw ShardError.unreadable(.damaged(Fault(.forked(signed: checkpoint.size), at: tree.size)))
    }
  }

  /// The replicas that have a shard.
  func replicas() throws(LedgerError) -> [ReplicaName] {
    try data.directory("shards").names().compactMap(ReplicaName.init)
  }

  /// Makes the folders; what contains them must be there.
  func create() throws(LedgerError) {
    try data.create()
    try data.directory("shards").create()
    try Directory(root).create()
  }

  /// The verifier key of a shard and its published checkpoint with the signature; nil when there is none of that key.
  func published(_ replica: ReplicaName) throws(LedgerError) -> (VerifierKey, Checkpoint, SignedNote.SignatureLine)? {
    let key = try Custody.verifier(data: shard(of: replica))
    guard let bytes = try LogDirectory(data: shard(of: replica)).root.content(of: LogDirectory.checkpoint),
      let note = SignedNote(parsing: bytes), let checkpoint = Checkpoint(note: bytes, signedBy: key),
      let line = note.signatures.first(where: { $0.name == key.name && $0.keyHash == key.hash })
    else { return nil }
    return (key, checkpoint, line)
  }
}
