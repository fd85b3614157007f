package import Bytes
package import Ciphers

/// The logs of a data directory that one key signed, each with everything that it is known to have had.
///
/// Whoever can write to the directory can put a log of their own beside the shards, with a key of their own in it, or cut
/// one back. Such a log is neither believed nor passed over: whoever asks is told.
package struct ProvedLogs: Sendable {
  /// What is kept elsewhere of where the logs stood, as they signed it.
  package struct Marks: Hashable, Sendable {
    /// The note of the log of a single gateway.
    package let own: [UInt8]?
    /// What is kept of the root log, which says of every shard how long it was.
    package let root: RootMark?
    /// What is kept of shards beside that; nil when nobody was asked.
    package let shards: [ReplicaName: ShardMark]?

    /// Marks; nil for what nobody was told.
    package init(own: [UInt8]? = nil, root: RootMark? = nil, shards: [ReplicaName: ShardMark]? = nil) {
      (self.own, self.root, self.shards) = (own, root, shards)
    }
  }

  /// What is kept of where a shard stood.
  package struct ShardMark: Hashable, Sendable {
    /// Its signed note.
    package let note: [UInt8]
    /// How many times the shard was given up before.
    package let epoch: RootEpoch

    /// A mark.
    package init(note: [UInt8], epoch: RootEpoch = .first) { (self.note, self.epoch) = (note, epoch) }
  }

  /// One of the logs.
  package struct Log: Hashable, Sendable {
    /// Whose shard it is; nil for the log of a single gateway.
    package let replica: ReplicaName?
    /// Its data directory.
    package let data: String
    /// The key that it is checked with, under the name that it has to have.
    package let key: VerifierKey

    /// Reads its entries, with their sealed parts if `sealed` says so.
    package func reader(sealed: Bool = false) throws(LedgerError) -> EntryReader {
      try EntryReader(data: data, signedBy: key, sealed: sealed)
    }
  }

  /// The logs, the directory's own first; empty where nothing was ever recorded.
  package let logs: [Log]
  /// How shards were given up last, by name: what was recorded of them before is in none of the logs for sure.
  package let givenUp: [ShardGivenUp]
  /// What the root log has forgotten of that, by what is kept of shards beside it.
  package let forgotten: [ForgottenGivingUp]

  /// The logs of a data directory that `key` has to have signed, which were at least as long as `marks` says.
  ///
  /// Who kept the marks kept them before this is called: a log may grow meanwhile and does not shrink.
  package init(of data: String, signedBy key: VerificationKey, marks: Marks) throws(UnprovedLog) {
    let folders = ShardFolders(data: data)
    let (root, state) = try ProvedLogs.state(of: data, key, marks.root)
    var logs: [Log] = []
    if let own = try ProvedLogs.own(of: data, key, marks.own, besides: root?.checkpoint.origin) { logs.append(own) }
    let replicas = try ProvedLogs.replicas(folders, state, marks)
    for replica in replicas { logs.append(try ProvedLogs.shard(replica, in: data, key, root, state, marks, folders)) }
    self.logs = logs
    givenUp = replicas.compactMap { state.givenUp($0) }
    forgotten = replicas.compactMap {
      ForgottenGivingUp($0, known: marks.shards?[$0]?.epoch, said: state.givenUp($0)?.epoch)
    }
  }

  /// What is wrong with the shards of a data directory whose other logs are what they are known to be, each by itself.
  package static func unprovedShards(
    of data: String, signedBy key: VerificationKey, marks: Marks
  ) throws(UnprovedLog) -> [UnprovedLog] {
    let folders = ShardFolders(data: data)
    let (root, state) = try state(of: data, key, marks.root)
    _ = try own(of: data, key, marks.own, besides: root?.checkpoint.origin)
    var unproved: [UnprovedLog] = []
    for replica in try replicas(folders, state, marks) {
      do throws(UnprovedLog) {
        _ = try shard(replica, in: data, key, root, state, marks, folders)
      } catch {
        guard case .shard = error.place else { throw error }
        if case .ledger(let reason) = error.reason, reason.isOfTheSystem { throw error }
        unproved.append(error)
      }
    }
    return unproved
  }

  /// What is wrong with the shards of a data directory by what its root log said of them last, as far as that can be read:
  /// up to what is damaged, or up to the state that it signed.
  package static func shardsUnlikeRootLog(of data: String, signedBy key: VerificationKey) -> [UnprovedLog] {
    let folders = ShardFolders(data: data)
    var state = RootState()
    try? state.catchUp(with: folders, signedBy: key, locked: false)
    if let verifier = try? Custody.verifier(data: folders.root), verifier.key == key,
      let kept = KeptRootState(in: folders.root, signedBy: verifier)?.state,
      kept.place?.tree.size ?? 0 > state.place?.tree.size ?? 0
    {
      state = kept
    }
    return state.replicas.sorted().compactMap { replica in
      guard state[replica] != nil else { return nil }
      do throws(UnprovedLog) {
        _ = try shard(replica, in: data, key, nil, state, Marks(), folders)
        return nil
      } catch {
        return error
      }
    }
  }

  /// Throws what is wrong with one shard of a data directory, or with the root log that says what it was.
  package static func check(
    _ replica: ReplicaName, of data: String, signedBy key: VerificationKey, marks: Marks
  ) throws(UnprovedLog) {
    let folders = ShardFolders(data: data)
    let (root, state) = try state(of: data, key, marks.root)
    do throws(LedgerError) {
      let hasBegun = try folders.hasBegun(replica)
      guard hasBegun || state[replica] != nil || marks.shards?[replica] != nil else { return }
    } catch {
      throw UnprovedLog(.shard(replica), .ledger(error))
    }
    _ = try shard(replica, in: data, key, root, state, marks, folders)
  }

  /// Where the root log of a data directory stands, and what it says.
  static func state(
    of data: String, _ key: VerificationKey, _ mark: RootMark?
  ) throws(UnprovedLog) -> (root: RootCheckpoint?, state: RootState) {
    let root = try root(of: data, key, mark)
    var state = RootState()
    do {
      if root != nil { try state.catchUp(with: ShardFolders(data: data), signedBy: key, locked: false) }
    } catch let error as LedgerError {
      throw UnprovedLog(.root, .root(RootFault(error)))
    } catch {
      throw UnprovedLog(.root, .root(.damaged(LedgerError(.stopped))))
    }
    return (root, state)
  }

  private static func root(
    of data: String, _ key: VerificationKey, _ mark: RootMark?
  ) throws(UnprovedLog) -> RootCheckpoint? {
    guard mark != nil || ShardedLog.isSharded(data) else { return nil }
    do throws(RootFault) {
      return try ShardedLog.root(of: data, extending: mark, signedBy: key)
    } catch {
      throw UnprovedLog(.root, .root(error))
    }
  }

  /// The log of a single gateway; nil where there never was one.
  ///
  /// A shard that was copied into its place has the name of one.
  private static func own(
    of data: String, _ key: VerificationKey, _ mark: [UInt8]?, besides root: String?
  ) throws(UnprovedLog) -> Log? {
    do throws(LedgerError) {
      let isEmpty = try LogDirectory(data: data).isEmpty()
      guard mark != nil || !isEmpty else { return nil }
      let log = ShardedLog.Log(data: data)
      let verifier = try ShardedLog.verifier(of: log, in: data, signedBy: key)
      if let verifier, root.map({ verifier.name.hasPrefix("\($0)/") }) != true {
        guard try LogStanding(data: data, extending: mark, signedBy: key) != nil else { return nil }
        return Log(replica: nil, data: data, key: verifier)
      }
      // Where nothing is left of it at all, what is missing says more than whose it is not.
      if mark != nil, try LogDirectory(data: data).root.content(of: LogDirectory.checkpoint) == nil {
        _ = try LogStanding(data: data, extending: mark, signedBy: key)
      }
    } catch {
      throw UnprovedLog(.own, .ledger(error))
    }
    throw UnprovedLog(.own, .foreign)
  }

  private static func replicas(
    _ folders: ShardFolders, _ state: RootState, _ marks: Marks
  ) throws(UnprovedLog) -> [ReplicaName] {
    do throws(LedgerError) {
      var replicas = Set(state.replicas).union((marks.shards ?? [:]).keys)
      for replica in try folders.replicas() where try folders.hasBegun(replica) { replicas.insert(replica) }
      return replicas.sorted()
    } catch {
      throw UnprovedLog(.root, .ledger(error))
    }
  }

  /// A shard that goes on from what the root log recorded of it.
  private static func shard(
    _ replica: ReplicaName, in data: String, _ key: VerificationKey, _ root: RootCheckpoint?, _ state: RootState,
    _ marks: Marks, _ folders: ShardFolders
  ) throws(UnprovedLog) -> Log {
    let log = ShardedLog.Log(replica: replica, data: folders.shard(of: replica))
    let name = root.map { "\($0.checkpoint.origin)/\(replica)" }
    let recorded = state[replica]
    do {
      if let shards = marks.shards { try state.check(replica, known: shards[replica]?.epoch ?? .first) }
      if let mark = marks.shards?[replica] { _ = try LogStanding(data: log.data, extending: mark.note, signedBy: key) }
      if let recorded, try !folders.hasBegun(replica) { throw ShardError.vanished(recorded: recorded.size) }
      let verifier = try ShardedLog.verifier(of: log, in: data, signedBy: key)
      guard let verifier, name ?? verifier.name == verifier.name else { throw UnprovedLog(.shard(replica), .foreign) }
      guard let recorded else { return Log(replica: replica, data: log.data, key: verifier) }
      guard recorded.key ?? key == key else { throw ShardError.anotherKey }
      guard let (_, checkpoint, _) = try folders.published(replica) else {
        throw ShardError.vanished(recorded: recorded.size)
      }
      guard checkpoint.size >= recorded.size else { throw ShardError.shrank(recorded: recorded.size) }
      try folders.check(checkpoint, extends: recorded, signedBy: key)
      return Log(replica: replica, data: log.data, key: verifier)
    } catch let error as UnprovedLog {
      throw error
    } catch let error as ShardError {
      throw UnprovedLog(.shard(replica), .shard(error))
    } catch let error as LedgerError {
      throw UnprovedLog(.shard(replica), .ledger(error))
    } catch {
      throw UnprovedLog(.shard(replica), .ledger(LedgerError(.stopped)))
    }
  }
}

extension ProvedLogs {
  /// In words, what whoever reads them has to know of shards that were given up: what was in them before is not all here.
  package var notes: [String] {
    givenUp.map { "shard \($0.replica): \($0)" } + forgotten.map { "shard \($0.replica): \($0)" }
  }

  /// The same as members of what is made from them; none where no shard was given up.
  package var givenUpMembers: [JSONMember] {
    guard !givenUp.isEmpty || !forgotten.isEmpty else { return [] }
    return [
      JSONMember("given_up", .array(givenUp.map(\.json))),
      JSONMember("given_up_forgotten", .array(forgotten.map(\.json))),
    ]
  }
}

/// A log of a data directory that is not what it is known to be.
package struct UnprovedLog: Error, Hashable, Sendable {
  /// Which of the logs.
  package enum Place: Hashable, Sendable {
    case own, root
    case shard(ReplicaName)
  }

  /// What is wrong with it.
  package enum Reason: Hashable, Sendable {
    /// The key did not sign it, or it does not have the name of its place.
    case foreign
    case ledger(LedgerError)
    case root(RootFault)
    case shard(ShardError)
  }

  /// Which.
  package let place: Place
  /// Why.
  package let reason: Reason

  init(_ place: Place, _ reason: Reason) { (self.place, self.reason) = (place, reason) }
}

extension UnprovedLog: CustomStringConvertible {
  /// The log and what is wrong, in words.
  package var description: String {
    switch reason {
    case .foreign: "`\(place)`: it is not this installation's log: the vault's key did not sign it under this name"
    case .ledger(let error): "`\(place)`: \(error)"
    case .root(let fault): "`\(place)`: \(fault)"
    case .shard(let error): "`\(place)`: \(error)"
    }
  }
}

extension UnprovedLog.Place: CustomStringConvertible {
  /// Its folder in the data directory.
  package var description: String {
    switch self {
    case .own: "log"
    case .root: "root"
    case .shard(let replica): "shards/\(replica)"
    }
  }
}
