import Bytes
package import Ciphers
import GRDB
import Storage
import struct Foundation.Data

extension Vault {
  /// Keeps a subject's key from being destroyed, by two people, until the hold is released; the hold's id is the
  /// proposal's.
  package func placeHold(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    try approval.check(.placeHold)
    let tag = try Vault.tag(in: approval)
    let (id, now) = (approval.id, clock())
    return try await carryOut(approval, event(.holdPlaced, object: tag.description, people: approval.people)) {
      database in
      guard try Vault.subjectState(tag, database) == .active else { throw VaultError(.unknownSubject) }
      try database.execute(
        sql: "INSERT INTO hold (proposal, tag, placed) VALUES (?, ?, ?)",
        arguments: [id, Vault.blob(tag.bytes), now.milliseconds])
    }
  }

  /// Releases a hold, by two people; the object is the hold's id.
  package func releaseHold(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    try approval.check(.releaseHold)
    let (hold, now) = (approval.proposal.object, clock())
    return try await carryOut(approval, event(.holdReleased, object: hold, people: approval.people)) { database in
      try database.execute(
        sql: "UPDATE hold SET released = ? WHERE proposal = ? AND released IS NULL",
        arguments: [now.milliseconds, hold])
      guard database.changesCount == 1 else { throw VaultError(.missing) }
    }
  }

  /// The ids of the holds that keep a subject's key.
  package func holds(on tag: Digest) throws(VaultError) -> [String] {
    try Vault.stored { try store.read { try Vault.holds(tag, $0) } }
  }

  static func holds(_ tag: Digest, _ database: Database) throws -> [String] {
    try String.fetchAll(
      database, sql: "SELECT proposal FROM hold WHERE tag = ? AND released IS NULL ORDER BY placed",
      arguments: [blob(tag.bytes)])
  }

  static func tag(in approval: borrowing Approval) throws(VaultError) -> Digest {
    guard let tag = Digest(hexadecimal: approval.proposal.object) else { throw VaultError(.proposal(.malformed)) }
    return tag
  }

  static func subjectState(_ tag: Digest, _ database: Database) throws -> Schema.SubjectState? {
    try Int64.fetchOne(database, sql: "SELECT state FROM subject WHERE tag = ?", arguments: [blob(tag.bytes)])
      .flatMap(Schema.SubjectState.init(rawValue:))
  }

  /// Carries out what two people agreed to: the effect, the proposal's end and the event in one transaction.
  func carryOut(
    _ approval: consuming Approval, _ event: VaultEvent, _ effect: (Database) throws -> Void
  ) async throws(VaultError) -> VaultEvent {
    try await carryOut(approval, events: [event], effect)
    return event
  }

  /// The same with several events.
  func carryOut(
    _ approval: consuming Approval, events: [VaultEvent], _ effect: (Database) throws -> Void
  ) async throws(VaultError) {
    guard duty == .administration else { throw VaultError(.forbidden) }
    try checkUnlocked()
    let evidence = try await box(.evidence)
    let id = approval.id
    guard clock() < approval.proposal.expires else { throw VaultError(.proposal(.expired)) }
    try Vault.stored {
      try store.write { database in
        try Vault.finish(id, at: clock(), database)
        try effect(database)
        for event in events { try Outbox.put(event, evidence, database) }
      }
    }
    try beginEpoch()
  }
}
