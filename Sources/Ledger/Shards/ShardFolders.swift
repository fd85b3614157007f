import Ciphers

/// Where the parts of a sharded log are.
struct ShardFolders: Hashable, Sendable {
  private let data: Directory

  init(data: String) { self.data = Directory(data) }

  /// The data directory of the root log.
  var root: String { data.file("root") }

  /// The data directory of a replica's shard.
  func shard(of replica: ReplicaName) -> String { data.directory("shards").file(replica.description) }

  /// Throws `forked` unless the shard with this checkpoint begins with the entries that were recorded.
  func check(_ checkpoint: Checkpoint, extends last: RecordedShard, signedBy key: VerificationKey) throws {
    // Every shard goes on from nothing.
    guard last.size > 0 else { return }
    let folder = shard(of: last.replica)
    guard try checkpoint.extends(last.size, root: last.root, in: folder, signedBy: key) else {
      throw ShardError.forked(recorded: last.size)
    }
  }

  /// The replicas that have a shard, or a folder for one.
  func replicas() throws(LedgerError) -> [ReplicaName] {
    try data.directory("shards").names().compactMap(ReplicaName.init)
  }

  /// Whether a replica ever began a shard: its folder alone is none.
  func hasBegun(_ replica: ReplicaName) throws(LedgerError) -> Bool {
    try !LogDirectory(data: shard(of: replica)).isEmpty()
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
