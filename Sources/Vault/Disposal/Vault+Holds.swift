import Bytes
package import Ciphers
import GRDB
import Storage
import struct Foundation.Data

extension Vault {
  /// Keeps a subject's key from being destroyed, by two people, until the hold is released; the hold's id is the
  /// proposal's.
  package func placeHold(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .placeHold)
    let tag = try Vault.tag(in: approval)
    let (id, now) = (approval.id, clock())
    let event = event(.holdPlaced, object: tag.description, people: approval.people)
    return try await carryOut(approval, event) { database, evidence in
      // A hold that comes after the announcement stops the destruction.
      let subject = try SubjectRow.find(tag, RowCodes(.subjects, evidence), database)
      guard let subject, subject.state != .shredded else { throw VaultError(.unknownSubject) }
      try Vault.changeHolds(evidence, database) {
        try database.execute(
          sql: "INSERT INTO hold (proposal, tag, placed) VALUES (?, ?, ?)",
          arguments: [id, Vault.blob(tag.bytes), now.milliseconds])
      }
    }
  }

  /// Releases a hold, by two people; the object is the hold's id.
  package func releaseHold(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .releaseHold)
    let (hold, now) = (approval.proposal.object, clock())
    let event = event(.holdReleased, object: hold, people: approval.people)
    return try await carryOut(approval, event) { database, evidence in
      try Vault.changeHolds(evidence, database) {
        try database.execute(
          sql: "UPDATE hold SET released = ? WHERE proposal = ? AND released IS NULL",
          arguments: [now.milliseconds, hold])
        guard database.changesCount == 1 else { throw VaultError(.missing) }
      }
    }
  }

  /// The ids of the holds, as the file has them, that keep a subject's key.
  package func holds(on tag: Digest) throws(VaultError) -> [String] {
    try Vault.stored { try store.read { try Vault.holds(tag, $0) } }
  }

  static func holds(_ tag: Digest, _ database: Database) throws -> [String] {
    try String.fetchAll(
      database, sql: "SELECT proposal FROM hold NOT INDEXED WHERE tag = ? AND released IS NULL ORDER BY placed",
      arguments: [blob(tag.bytes)])
  }

  /// The tags of the subjects that holds keep, from the very rows that were found to be as the vault left them.
  ///
  /// INVARIANT: nothing that destroys asks the file a second time: what an index leaves out is not in another answer.
  ///
  /// - Throws: `altered` when a hold was added, released or deleted by somebody without the vault's keys.
  @discardableResult
  static func checkHolds(_ evidence: SecretBox, _ database: Database) throws -> Set<[UInt8]> {
    guard let code = try Data.fetchOne(database, sql: "SELECT holds_code FROM vault") else {
      throw VaultError(.missing)
    }
    let holds = try activeHolds(database)
    let expected = holdsCode(holds.map(\.text), evidence)
    guard equalInConstantTime(expected.span, [UInt8](code).span) else { throw VaultError(.altered(.holds)) }
    return Set(holds.map(\.tag))
  }

  /// Makes a change to the holds, and authenticates the list that it leaves.
  static func changeHolds(_ evidence: SecretBox, _ database: Database, _ change: () throws -> Void) throws {
    try checkHolds(evidence, database)
    try change()
    let code = holdsCode(try activeHolds(database).map(\.text), evidence)
    try database.execute(sql: "UPDATE vault SET holds_code = ?", arguments: [blob(code)])
  }

  /// The code of a list of holds: the proposals' ids and the subjects' tags, in order.
  static func holdsCode(_ holds: [[UInt8]], _ evidence: SecretBox) -> [UInt8] {
    var list = Hashing()
    for hold in holds {
      var length: [UInt8] = []
      length.append(bigEndian: UInt64(hold.count))
      list.update(length.span)
      list.update(hold.span)
    }
    let key = evidence.secret.derived(for: "cordon vault v1 holds")
    return Digest(authenticating: list.finish().bytes, key: key).bytes
  }

  private static func activeHolds(_ database: Database) throws -> [(tag: [UInt8], text: [UInt8])] {
    try Row.fetchAll(
      database, sql: "SELECT proposal, tag, placed FROM hold NOT INDEXED WHERE released IS NULL"
    ).map { row in
      let (tag, proposal) = ([UInt8](row["tag"] as Data), row["proposal"] as String)
      var bytes = tag
      bytes.append(bigEndian: UInt64(bitPattern: row["placed"]))
      return (proposal, tag, bytes + Array(proposal.utf8))
    }
    .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    .map { (tag: $0.1, text: $0.2) }
  }

  static func tag(in approval: Agreement) throws(VaultError) -> Digest {
    guard let tag = Digest(hexadecimal: approval.proposal.object) else { throw VaultError(.proposal(.malformed)) }
    return tag
  }

  /// What is done in the transaction of an agreement.
  ///
  /// INVARIANT: closures that go to functions that wait and throw typed errors are escaping. The memory of one that is
  /// not is freed in the wrong order when the function throws, and the program aborts (Swift 6.3, release builds).
  typealias Effect = @Sendable (Database, SecretBox) throws -> Void

  /// Carries out what two people agreed to: the effect, the proposal's end and the event in one transaction.
  func carryOut(
    _ approval: Agreement, _ event: VaultEvent, _ effect: @escaping Effect
  ) async throws(VaultError) -> VaultEvent {
    _ = try await carryOut(approval) { database, evidence in
      try effect(database, evidence)
      return [event]
    }
    return event
  }

  /// The same with the events that the effect gives.
  func carryOut(
    _ approval: Agreement, _ effect: @escaping @Sendable (Database, SecretBox) throws -> [VaultEvent]
  ) async throws(VaultError) -> [VaultEvent] {
    guard duty == .administration else { throw VaultError(.forbidden) }
    try checkUnlocked()
    let evidence = try await box(.evidence)
    let id = approval.id
    let events = try change(evidence) { database in
      try finish(id, evidence, database)
      let events = try effect(database, evidence)
      for event in events { try put(event, evidence, database) }
      return events
    }
    try beginEpoch()
    return events
  }
}
