import Bytes
package import Ciphers
package import Storage

/// What the root log keeps of a shard: how long it was, its root, and the shard's own signature of both.
package struct ShardCheckpoint: Hashable, Sendable {
  /// Whose shard it is.
  package var replica: ReplicaName
  /// The number of entries that the shard had.
  package var size: UInt64
  /// The root of their Merkle tree.
  package var root: Digest
  /// The number of the lease under which it was recorded.
  package var token: FencingToken
  /// The key of the shard.
  package var key: VerificationKey
  /// The signature of the shard's checkpoint by that key.
  package var signature: Signature

  /// What a signature of `key` recorded.
  package init(
    replica: ReplicaName, size: UInt64, root: Digest, token: FencingToken, key: VerificationKey, signature: Signature
  ) {
    (self.replica, self.size, self.root) = (replica, size, root)
    (self.token, self.key, self.signature) = (token, key, signature)
  }

  /// Whether the shard's key signed this size and root for the log of this origin.
  package func isSigned(origin: String) -> Bool {
    let text = Checkpoint(origin: origin, size: size, root: root).text
    return key.accepts(signature, of: text.span)
  }
}

extension ShardCheckpoint {
  /// The entry of the root log that records it.
  ///
  /// `server` is the replica, `object` the size and the token, and `tags` are four times 32 bytes: the root, the key and
  /// the two halves of the signature. The index finds it by each of them.
  package func entry(at time: Timestamp) -> Entry {
    var entry = Entry(.shardCheckpoint, at: time)
    entry.server = ConfiguredName(replica.description)
    entry.object = ConfiguredName("\(size):\(token)")
    entry.tags =
      [root] + [key.bytes, Array(signature.bytes[..<32]), Array(signature.bytes[32...])].compactMap { Digest($0.span) }
    return entry
  }

  /// The checkpoint that an entry's JSON records; nil when it records none.
  init?(_ json: [UInt8]) {
    let json = json.span
    var members = EntryMembers(in: 0..<json.count)
    var isCheckpoint = false
    var (server, object) = ("", "")
    var tags: [Digest] = []
    while let member = members.next(in: json) {
      switch String(decoding: json.extracting(member.name)) {
      case "event":
        isCheckpoint = String(decoding: json.extracting(member.value)) == Event.shardCheckpoint.rawValue
        guard isCheckpoint else { return nil }
      case "server": server = String(decoding: json.extracting(member.value))
      case "object": object = String(decoding: json.extracting(member.value))
      case "tags":
        var elements = EntryMembers(in: member.value)
        while let element = elements.element(in: json) {
          guard let tag = Digest(hexadecimal: String(decoding: json.extracting(element))) else { return nil }
          tags.append(tag)
        }
      default: continue
      }
    }
    let parts = object.split(separator: ":")
    guard isCheckpoint, let replica = ReplicaName(server), parts.count == 2, let size = UInt64(parts[0]),
      let token = FencingToken(String(parts[1])), tags.count == 4,
      let key = try? VerificationKey(tags[1].bytes.span),
      let signature = Signature((tags[2].bytes + tags[3].bytes).span)
    else { return nil }
    self.init(replica: replica, size: size, root: tags[0], token: token, key: key, signature: signature)
  }
}
