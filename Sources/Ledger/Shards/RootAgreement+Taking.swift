package import Ciphers

extension RootFound {
  /// The log of a data directory as it would be opened, which `key` has to have signed: up to its last seal.
  ///
  /// After a kill, and in a copy of files that were being written, sealed batches lie behind the published checkpoint. One
  /// under another name than `name`, where that is given, is as good as damaged: its place has one name.
  package init(logIn data: String, signedBy key: VerificationKey, named name: String? = nil) throws(LedgerError) {
    switch try LogPutAside.isDamaged(data, signedBy: key, named: name) {
    case nil: self = .nothing
    case true?: self = .damaged
    case false?: self = try RootFound.end(of: data, signedBy: key).map { RootFound($0) } ?? .damaged
    }
  }

  /// The tree at which the log of a data directory would be opened; nil when it would not be.
  static func end(of data: String, signedBy key: VerificationKey) throws(LedgerError) -> Frontier? {
    do throws(LedgerError) {
      let verifier = try Custody.verifier(data: data)
      guard verifier.key == key else { return nil }
      return try Recovery(of: LogDirectory(data: data), signedBy: verifier).seal?.frontier ?? Frontier()
    } catch {
      guard !error.isOfTheSystem else { throw error }
      return nil
    }
  }
}

extension RootFound {
  /// How many times the log of a data directory, which `key` has to have signed, says that it was given up, and by which
  /// proposal, where it says nothing after that but what it says when it is opened and closed; nil otherwise.
  package static func lastGivingUp(
    of data: String, signedBy key: VerificationKey
  ) throws(LedgerError) -> (epoch: RootEpoch, approval: String)? {
    guard try !LogDirectory(data: data).isEmpty() else { return nil }
    let verifier = try Custody.verifier(data: data)
    guard verifier.key == key else { throw LedgerError(.invalidKey) }
    var end = UInt64.max
    for first in try SegmentList(in: LogDirectory(data: data).segments).firsts.reversed() {
      var reader = try EntryReader(data: data, signedBy: verifier, from: first)
      var last: RootGivenUp?
      var hasOthers = false
      while let entry = try reader.next(), entry.index < end {
        guard !isOfTheOpening(entry) else { continue }
        (last, hasOthers) = (RootGivenUp(entry), true)
      }
      if hasOthers { return last.flatMap { last in last.epoch.flatMap { epoch in last.approval.map { (epoch, $0) } } } }
      end = first
    }
    return nil
  }
}

extension RootAgreement {
  /// Takes the log of a data directory as it is, or begins one, and gives where it stands then; nil when it is not the one
  /// that was agreed on.
  ///
  /// It says so itself, in the entry that is made.
  package func takeLog(
    in data: String, named origin: Origin, givingUp size: UInt64, before: Digest?, beginning epoch: RootEpoch,
    at time: Timestamp, key: @escaping @Sendable () throws -> SigningKey
  ) async throws -> LogStanding? {
    let own = try ShardedLog.verificationKey(key)
    // A shard's place has one name; other logs keep the one that they were begun with.
    let name: String? = if case .shard = origin { origin.verifier(of: own)?.name } else { nil }
    // Nothing is opened, and so changed, that was not agreed on.
    guard try found.makesWay(in: data, signedBy: own, named: name, under: approval) else { return nil }
    let log = try RootAgreement.open(data, origin, key, at: time)
    do {
      // INVARIANT: the log is locked from here to its closing.
      guard try found.makesWay(in: data, signedBy: own, named: name, under: approval) else {
        try await log.close()
        return nil
      }
      try await log.append(entry(givingUp: size, before: before, beginning: epoch, at: time))
      try await log.close()
    } catch {
      try? await log.close()
      throw error
    }
    return try await log.standing()
  }

  // Not inlined: no key is alive in a function that waits.
  @inline(never)
  private static func open(
    _ data: String, _ origin: Origin, _ key: () throws -> SigningKey, at time: Timestamp
  ) throws -> AuditLog {
    try AuditLog.open(data: data, key: try key(), origin: origin, clock: { time })
  }
}
