package import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// What became of something that is stored: a code of what it was, one of what it is, and how what is gone was removed.
///
/// A code is the SHA-256 of a file that nobody can guess, or an HMAC under a key of the vault where the content is
/// personal or could be guessed: equal content has equal codes, and nothing can be found out by trying.
package struct StoredChange: Hashable, Sendable {
  // Bytes and not digests: those are aligned to 32 bytes, and what holds one does not survive every asynchronous
  // function that carries it (Swift 6.3.1, release builds).
  private var old: [UInt8]?
  private var new: [UInt8]?

  /// What it was; nil when there was nothing.
  package var before: Digest? { old.flatMap { Digest($0.span) } }
  /// What it is; nil when there is nothing any more.
  package var after: Digest? { new.flatMap { Digest($0.span) } }
  /// How what is gone was removed.
  package var method: Method?

  /// How stored data are removed, in the terms of NIST SP 800-88; the raw values are the log's.
  package enum Method: String, Hashable, Sendable, CaseIterable {
    /// Purge by cryptographic erase: the only key was destroyed.
    case cryptographicErase = "cryptographic_erase"
    /// Clear by overwriting.
    case overwrite
    /// Its name was removed: no sanitisation.
    case unlink
  }

  /// A change.
  package init(from before: Digest? = nil, to after: Digest? = nil, by method: Method? = nil) {
    old = before?.bytes
    new = after?.bytes
    self.method = method
  }
}

extension Vault {
  /// Puts an event with the codes of what it is about: as it was last committed, and as this transaction leaves it.
  func put(_ event: VaultEvent, _ evidence: SecretBox, _ database: Database) throws {
    // A reader sees the last committed state, also while another connection writes.
    let before = try store.read { try Vault.code(of: event, evidence, $0) }
    let after = try Vault.code(of: event, evidence, database)
    var event = event
    if before != after { event.change = StoredChange(from: before, to: after, by: event.method) }
    try Outbox.put(event, evidence, database)
  }

  /// The code of content that is personal or could be guessed; nil of nothing.
  package func code(of content: [UInt8]?) async throws(VaultError) -> Digest? {
    guard let content else { return nil }
    let evidence = try await unlockedBox(.evidence)
    return Vault.code(of: content, evidence)
  }

  static func code(of content: [UInt8], _ evidence: SecretBox) -> Digest {
    Digest(authenticating: content, key: evidence.secret.derived(for: "cordon vault v1 stored state"))
  }

  /// The code of the rows; nil when there are none.
  static func code(of rows: [Row], _ evidence: SecretBox) -> Digest? {
    guard !rows.isEmpty else { return nil }
    var bytes: [UInt8] = []
    for value in rows.flatMap(\.databaseValues) {
      let (kind, content): (UInt8, [UInt8]) =
        switch value.storage {
        case .null: (0, [])
        case .int64(let number): (1, Array(String(number).utf8))
        case .double(let number): (2, Array(String(number).utf8))
        case .string(let text): (3, Array(text.utf8))
        case .blob(let data): (4, [UInt8](data))
        }
      bytes.append(kind)
      bytes.append(bigEndian: UInt64(content.count))
      bytes += content
    }
    return code(of: bytes, evidence)
  }

  /// The code of what an event is about, as the tables have it; nil when they have nothing of it.
  static func code(of event: VaultEvent, _ evidence: SecretBox, _ database: Database) throws -> Digest? {
    guard let sql = event.stored else { return nil }
    let object = event.object ?? ""
    let arguments: StatementArguments =
      switch event.name {
      case .subjectCreated, .subjectShredded, .subjectResumed, .holdPlaced, .consentRecorded, .consentEnded:
        [Digest(hexadecimal: object).map { Vault.blob($0.bytes) } ?? Data()]
      case .holdReleased, .proposalMade, .proposalApproved: [object]
      default: []
      }
    return code(of: try Row.fetchAll(database, sql: sql, arguments: arguments), evidence)
  }

  /// The code of the tenant's keys.
  package func keysCode() async throws(VaultError) -> Digest? {
    let evidence = try await box(.evidence)
    return try Vault.stored { try store.read { try Vault.code(of: event(.keyRotated, object: nil), evidence, $0) } }
  }
}

extension VaultEvent {
  /// How what is gone after it was removed.
  fileprivate var method: StoredChange.Method? {
    switch (name, phase) {
    case (.subjectShredded, .done), (.keyDestroyed, _): .cryptographicErase
    default: nil
    }
  }

  /// What the tables have of the thing that it is about.
  ///
  /// Of a subject: its kind, its days, its state, whether it has a key, and the holds on it. Of a key: every version of
  /// the tenant key, for they change together.
  fileprivate var stored: String? {
    switch name {
    case .subjectCreated, .subjectShredded, .subjectResumed, .holdPlaced:
      """
      SELECT tag, kind, created_day, used_day, state,
        EXISTS (SELECT 1 FROM subject_key WHERE subject_key.id = subject.id),
        (SELECT group_concat(proposal) FROM (
          SELECT proposal FROM hold WHERE hold.tag = subject.tag AND released IS NULL ORDER BY proposal))
      FROM subject WHERE tag = ?
      """
    case .consentRecorded, .consentEnded: "SELECT consents FROM subject WHERE tag = ? AND consents IS NOT NULL"
    case .holdReleased: "SELECT proposal, tag, placed, released FROM hold WHERE proposal = ?"
    case .keyCreated, .keyRotated, .keyDisabled, .keyEnabled, .keyDestructionScheduled, .keyDestructionCancelled,
      .keyDestroyed:
      "SELECT version, wrapped, created, state, destruction FROM tenant_key ORDER BY version"
    case .custodianAdded, .custodianRemoved, .custodianChanged: "SELECT roster FROM vault"
    case .proposalMade, .proposalApproved:
      "SELECT body, proposer, signature, approver, approval FROM proposal WHERE id = ?"
    default: nil
    }
  }
}
