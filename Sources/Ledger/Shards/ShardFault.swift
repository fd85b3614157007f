/// Something in a sharded log that is not as it was recorded.
package struct ShardFault: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Code: Hashable, Sendable {
    /// The log of the shard itself, or the root log where no replica is named, is damaged.
    case damaged(Fault)
    /// An entry of the root log that should record a checkpoint records none.
    case malformed
    /// A checkpoint of an older lease follows one of a newer.
    case staleToken
    /// A checkpoint that the shard's key did not sign, or of another key than the one before it.
    case notSigned
    /// A checkpoint of fewer entries than the one before it.
    case shrank
    /// The shard has ended before the size that the root log says: these entries are missing.
    case gap(Range<UInt64>)
    /// The first entries of the shard are not those that were recorded.
    case forked(size: UInt64)
    /// There is no key to check the shard with, and the root log has never recorded it.
    case unverifiable
    /// There is a shard that the root log has never recorded, and nobody gave a key for.
    case foreign
    /// The root log has fewer entries than somebody says that it had.
    case rootCut(had: UInt64, found: UInt64, by: RootWitness)
    /// The first entries of the root log are not those that somebody says that it had.
    case rootForked(size: UInt64, by: RootWitness)
    /// What the vault keeps of the root log is no checkpoint that the root log's key signed.
    case doctoredMark
    /// The root log is one that was given up: somebody says that another was begun in its place.
    case rootPast(known: RootEpoch, found: RootEpoch, by: RootWitness)
    /// The root log was given up, and the vault does not know.
    case rootUnfinished(known: RootEpoch, found: RootEpoch)
    /// An entry of the root log gives a shard up of which it says something else than was recorded, or not who agreed to it.
    case notGivenUp
    /// The root log says that the shard was given up oftener than the vault knows.
    case unfinished(known: RootEpoch, found: RootEpoch)

    /// Whether it is about the root log's not being what somebody says that it was: giving it up ends that.
    var endsWhenGivenUp: Bool {
      switch self {
      case .rootCut(_, _, let witness), .rootForked(_, let witness): witness != .checkpoint
      case .doctoredMark, .rootPast, .rootUnfinished: true
      case .damaged, .malformed, .staleToken, .notSigned, .shrank, .gap, .forked, .unverifiable, .foreign, .notGivenUp,
        .unfinished:
        false
      }
    }
  }

  /// Who says where the root log stood.
  package enum RootWitness: Hashable, Sendable {
    /// The vault, under its seal.
    case vault
    /// A checkpoint that somebody kept elsewhere.
    case checkpoint
    /// An entry of a shard.
    case shard(ReplicaName, entry: UInt64)
  }

  /// Whose shard it is in; nil for the root log.
  package let replica: ReplicaName?
  /// The entry of the root log that shows it; nil when the shard alone does.
  package let rootIndex: UInt64?
  /// What is wrong.
  package let code: Code

  /// A fault.
  package init(replica: ReplicaName?, rootIndex: UInt64?, code: Code) {
    self.replica = replica
    self.rootIndex = rootIndex
    self.code = code
  }
}

extension ShardFault: CustomStringConvertible {
  /// The fault in words.
  package var description: String {
    let place = [replica.map { "shard \($0)" } ?? "root log", rootIndex.map { "root entry \($0)" }]
    return "\(place.compactMap(\.self).joined(separator: ", ")): \(words)"
  }

  private var words: String {
    switch code {
    case .damaged(let fault): fault.description
    case .malformed: "it records no checkpoint"
    case .staleToken: "it was appended under an older lease than one before it"
    case .notSigned: "the key of the shard did not sign it"
    case .shrank: "it has fewer entries than the one before it"
    case .gap(let missing): "entries \(missing.lowerBound) to \(missing.upperBound - 1) are missing"
    case .unverifiable: "it has no key, and the root log has never recorded it"
    case .foreign: "the root log has never recorded it: it is new, or not one of this log's"
    case .forked(let size): "the first \(size) entries are not those that were recorded"
    case .rootCut(let had, let found, let witness): "it has \(found) entries, and had \(had): \(witness)"
    case .rootForked(let size, let witness): "its first \(size) entries are not those that it had: \(witness)"
    case .doctoredMark: "what the vault keeps of it is no checkpoint that its key signed"
    case .rootPast(let known, let found, let witness):
      "it was given up \(found) times, and the one after it \(known) times: \(witness)"
    case .rootUnfinished(let known, let found):
      "it says that it was given up \(found) times, and the vault knows of \(known): that was broken off"
    case .notGivenUp:
      "it gives a shard up, and does not say what was recorded of it, or which two people agreed to that"
    case .unfinished(let known, let found):
      "the root log says that it was given up \(found) times, and the vault knows of \(known): that was broken off"
    }
  }
}

extension ShardFault.RootWitness: CustomStringConvertible {
  /// Who says so.
  package var description: String {
    switch self {
    case .vault: "so the vault says"
    case .checkpoint: "so says a checkpoint that it signed"
    case .shard(let replica, let entry): "so shard \(replica) says in entry \(entry)"
    }
  }
}
