package import Bytes
package import Ciphers

/// That two people took a shard as it was, though it was not what the root log or the vault said of it: an entry of the
/// root log.
///
/// What the root log recorded of the shard before that holds no more. The shard goes on from what was taken, and what is
/// recorded after that holds.
package struct ShardGivenUp: Hashable, Sendable {
  /// Whose shard it is.
  package let replica: ReplicaName
  /// How many entries the root log had recorded.
  package let recorded: UInt64
  /// How many were known of it: those that were recorded, or more where the vault knew of more.
  package let known: UInt64
  /// The root of those that were recorded; nil when nothing was.
  package let before: Digest?
  /// How many the shard had that were taken; 0 where another was begun.
  package let found: UInt64
  /// Their root.
  package let root: Digest
  /// How many times the shard was given up, this time with it.
  package let epoch: RootEpoch
  /// By which proposal.
  package let approval: String

  /// What was read before.
  init(
    replica: ReplicaName, recorded: UInt64, known: UInt64, before: Digest?, found: UInt64, root: Digest,
    epoch: RootEpoch, approval: String
  ) {
    (self.replica, self.recorded, self.known, self.before) = (replica, recorded, known, before)
    (self.found, self.root, self.epoch, self.approval) = (found, root, epoch, approval)
  }

  /// What the JSON of an entry says; nil when it says something else, or not who agreed to it and why.
  init?(_ json: [UInt8]) {
    guard let fields = try? JSONValue(parsing: json), fields["event"]?.string == Event.shardGivenUp.rawValue,
      let replica = fields["server"]?.string.flatMap(ReplicaName.init),
      let parts = fields["object"]?.string?.split(separator: ":", omittingEmptySubsequences: false),
      (3...4).contains(parts.count), let recorded = UInt64(parts[0]), let found = UInt64(parts[1]),
      let epoch = RootEpoch(String(parts[2])), epoch > .first,
      let root = fields["after"]?.string.flatMap({ Digest(hexadecimal: $0) }),
      let approval = fields["approval"]?.string, fields["justification"]?.string != nil,
      let people = fields["people"]?.array?.compactMap(\.string), Set(people).count >= 2,
      let known = parts.count == 3 ? recorded : UInt64(parts[3]), known >= recorded
    else { return nil }
    (self.replica, self.recorded, self.known, self.found) = (replica, recorded, known, found)
    (self.root, self.epoch, self.approval) = (root, epoch, approval)
    before = fields["before"]?.string.flatMap { Digest(hexadecimal: $0) }
  }
}

extension ShardGivenUp: CustomStringConvertible {
  /// In words, what was given up.
  package var description: String {
    let taken = found == 0 ? "none of them is in the one that was begun" : "\(found) entries were found and taken"
    guard known > recorded else {
      return "\(recorded) entries were recorded when two people gave it up, and \(taken) (proposal \(approval))"
    }
    return "\(known) entries were known when two people gave it up, \(recorded) of them recorded, and \(taken) "
      + "(proposal \(approval))"
  }
}

extension ShardGivenUp {
  /// It as JSON.
  package var json: JSONValue {
    [
      "shard": .string(replica.description), "recorded": .number(String(recorded)), "known": .number(String(known)),
      "found": .number(String(found)), "root": .string("\(root)"), "times": .number(String(epoch.number)),
      "proposal": .string(approval),
    ]
  }
}

/// That a shard was given up oftener, as the vault knows, than the root log says: one that was begun anew, or put back, has
/// forgotten how much that was.
package struct ForgottenGivingUp: Hashable, Sendable {
  /// Whose shard it is.
  package let replica: ReplicaName
  /// How many times it was given up, by what the vault says.
  package let known: RootEpoch
  /// How many times the root log says so.
  package let said: RootEpoch

  /// What the root log has forgotten of a shard; nil when it says of everything that is known.
  package init?(_ replica: ReplicaName, known: RootEpoch?, said: RootEpoch?) {
    guard let known, known > said ?? .first else { return nil }
    (self.replica, self.known, self.said) = (replica, known, said ?? .first)
  }

  /// It as JSON.
  package var json: JSONValue {
    [
      "shard": .string(replica.description), "times": .number(String(known.number)),
      "said": .number(String(said.number)),
    ]
  }
}

extension ForgottenGivingUp: CustomStringConvertible {
  /// In words, what is not said any more.
  package var description: String {
    "the vault says that it was given up \(known) times, and the root log says it of \(said): how much the others were, "
      + "a root log said that was given up since"
  }
}

extension RootAgreement {
  /// Whether the log of a data directory was put aside by this agreement.
  package func hasPutAside(_ data: String) throws(LedgerError) -> Bool {
    try LogPutAside.isDone(data, under: approval)
  }

  /// The entry of the root log about a shard: `object` is the size that was recorded, the size that was found, how many
  /// times it was given up and, where more were known than recorded, how many; `before` is the root that was recorded and
  /// `after` the one that was found.
  func entry(
    givingUp replica: ReplicaName, recorded: RecordedShard?, knowing known: UInt64, beginning epoch: RootEpoch,
    at time: Timestamp
  ) -> Entry {
    var entry = Entry(.shardGivenUp, at: time)
    entry.server = ConfiguredName(replica.description)
    let size = recorded?.size ?? 0
    entry.object = ConfiguredName("\(size):\(found.size):\(epoch)\(known > size ? ":\(known)" : "")")
    (entry.before, entry.after) = (recorded?.root, found.takenRoot)
    (entry.approval, entry.justification, entry.people) = (approval, reason, people)
    return entry
  }
}

/// What a shard has to go on from by the root log: its newest checkpoint, or what two people took of it since.
package struct RecordedShard: Hashable, Sendable {
  /// Whose shard it is.
  package let replica: ReplicaName
  /// How many entries it had.
  package let size: UInt64
  /// Their root.
  package let root: Digest
  /// The key of the shard; nil when the root log says it of nothing since it was given up.
  package let key: VerificationKey?

  /// What was read before.
  init(replica: ReplicaName, size: UInt64, root: Digest, key: VerificationKey?) {
    (self.replica, self.size, self.root, self.key) = (replica, size, root, key)
  }

  init(_ checkpoint: ShardCheckpoint) {
    (replica, size, root, key) = (checkpoint.replica, checkpoint.size, checkpoint.root, checkpoint.key)
  }

  init(_ givenUp: ShardGivenUp) {
    (replica, size, root, key) = (givenUp.replica, givenUp.found, givenUp.root, nil)
  }
}

/// What the root log says of one shard, entry after entry.
struct ShardRecord: Hashable {
  /// What it has to go on from; nil when it was never recorded.
  var recorded: RecordedShard?
  /// How it was given up last.
  var givenUp: ShardGivenUp?

  /// How many times it was given up.
  var epoch: RootEpoch { givenUp?.epoch ?? .first }

  mutating func follow(_ checkpoint: ShardCheckpoint) { recorded = RecordedShard(checkpoint) }

  /// Takes in that it was given up; false when that is said of something else than what was recorded: then it counts for
  /// nothing.
  mutating func follow(_ next: ShardGivenUp) -> Bool {
    guard next.recorded == recorded?.size ?? 0, next.before == recorded?.root, next.epoch > epoch else { return false }
    (givenUp, recorded) = (next, RecordedShard(next))
    return true
  }
}
