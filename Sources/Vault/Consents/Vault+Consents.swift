import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// A person who may keep the register of consents, or read it.
package struct ConsentOfficer: Sendable {
  let pseudonym: String
  let mayChange: Bool
}

// What patients authorize and restrict is sealed under the key of each and lies in a table of its own, one row a patient;
// the patient's row has its digest. So the codes and the tally of the subjects say whether something of it was taken away,
// and it is gone with the key.
extension Vault {
  private static let generation = "consents"
  private static let longestRegister = 1 << 20
  /// What ends is always taken in: each record has room for its end.
  private static let longestEnded = 2 << 20

  /// The person as one who keeps the register: of the role `privacy_officer`, or to read only, of `auditor`.
  package func officer(
    _ person: borrowing CustodianKey, changing: Bool
  ) async throws(VaultError) -> ConsentOfficer {
    let evidence = try await box(.evidence)
    guard try keepsConsents(person, changing: changing, evidence) else { throw VaultError(.forbidden) }
    return ConsentOfficer(pseudonym: try await pseudonym(of: person.name), mayChange: changing)
  }

  private func keepsConsents(
    _ person: borrowing CustodianKey, changing: Bool, _ evidence: SecretBox
  ) throws(VaultError) -> Bool {
    guard let known = try roster(evidence)[person.name], known.key == person.verificationKey else { return false }
    return known.roles.contains(.privacyOfficer) || !changing && known.roles.contains(.auditor)
  }

  /// How often anything was changed in the register; nil when nothing ever was.
  package func consentGeneration() throws(VaultError) -> Int64? {
    try Vault.stored { try store.read { try Vault.consentGeneration($0) } }
  }

  static func consentGeneration(_ database: Database) throws -> Int64? { try fact(generation, database)?.number }

  /// Counts a change, inside `change`: whoever goes by the register looks at it again.
  static func countConsentChange(_ database: Database) throws {
    let number = try Vault.fact(Vault.generation, database)?.number ?? 0
    try Vault.set(Fact(number + 1), as: Vault.generation, database)
  }

  /// What the register has of a patient, in the form in which it was put there; nil of one of whom it has nothing.
  ///
  /// - Throws: `shredded` where the patient's key was destroyed, `altered` where the register is not as the vault left it.
  package func consents(of reference: SubjectReference) async throws(VaultError) -> [UInt8]? {
    guard let held = try await known(reference) else { return nil }
    return try await consents(of: held)
  }

  /// The same for an officer: the event waits for the log when this returns (see `checkRecorded`).
  package func consents(
    of reference: SubjectReference, for officer: ConsentOfficer
  ) async throws(VaultError) -> (register: [UInt8]?, event: VaultEvent) {
    let held = try await subject(reference, create: false)
    let register = try await consents(of: held)
    return (register, try await tell(event(.consentRead, object: held.tag.description, people: [officer.pseudonym])))
  }

  /// Changes what the register has of a patient: `change` is given what is there, and gives what is to be there, or nil to
  /// leave it, and what the event says of that; in one transaction with the event.
  ///
  /// `lastDay` says of what is to be there until when it restricts, as days since 1970, and nil where nothing does: until then
  /// the patient's key is not disposed of.
  package func changeConsents<Value: Sendable>(
    of reference: SubjectReference, by officer: ConsentOfficer, as name: VaultEvent.Name,
    restrictingUntil lastDay: @escaping @Sendable ([UInt8]) -> Int64?,
    _ change: @escaping @Sendable ([UInt8]?) -> (register: [UInt8]?, value: Value, said: String?)
  ) async throws(VaultError) -> Value {
    guard officer.mayChange else { throw VaultError(.forbidden) }
    let held = try await subject(reference, create: true)
    try await setAside(1, held)
    let evidence = try await box(.evidence)
    let event = event(name, object: held.tag.description, people: [officer.pseudonym])
    return try self.change(evidence) { database in
      let row = try Vault.row(of: held, RowCodes(.subjects, evidence), database)
      let stored = try Vault.stored(row, database)
      let (register, value, said) = change(try stored.map { try Vault.opened($0, held) })
      guard let register else { return value }
      guard register.count <= (name == .consentEnded ? Vault.longestEnded : Vault.longestRegister) else {
        throw VaultError(.tooMuchKept)
      }
      var changed = row
      let body = try Vault.sealed(register, held)
      changed.consents = Digest(hashing: body.span).bytes + SubjectRow.bytes(ofDay: lastDay(register) ?? 0)
      try database.execute(
        sql: "INSERT OR REPLACE INTO consent (id, body) VALUES (?, ?)", arguments: [row.id, Vault.blob(body)])
      try row.replace(by: changed, evidence, database)
      try Vault.countConsentChange(database)
      var told = event
      told.reason = said
      try put(told, evidence, database)
      return value
    }
  }

  /// The subject, who is nobody only where the table has nobody of this reference.
  private func known(_ reference: SubjectReference) async throws(VaultError) -> HeldSubject? {
    do throws(VaultError) {
      return try await subject(reference, create: false)
    } catch {
      guard error.code == .unknownSubject else { throw error }
    }
    // An index that leaves somebody out, or a row that is gone, must not lift what they have restricted.
    let lookup = Vault.lookup(of: reference, try await box(.identity))
    guard try isRegistered(lookup, try await box(.evidence)) else { return nil }
    do throws(VaultError) {
      // Somebody may have been put there since.
      return try await subject(reference, create: false)
    } catch {
      throw error.code == .unknownSubject ? VaultError(.altered(.subjects)) : error
    }
  }

  private func consents(of held: HeldSubject) async throws(VaultError) -> [UInt8]? {
    let codes = RowCodes(.subjects, try await box(.evidence))
    let body = try Vault.stored {
      try store.read { try Vault.stored(try Vault.row(of: held, codes, $0), $0) }
    }
    return try body.map { body throws(VaultError) in try Vault.opened(body, held) }
  }

  private static func row(of held: HeldSubject, _ codes: RowCodes, _ database: Database) throws -> SubjectRow {
    guard let row = try SubjectRow.find("id = ?", [held.id], codes, database), row.tag == held.tag.bytes else {
      throw VaultError(.altered(.subjects))
    }
    guard row.state == .active else { throw VaultError(.shredded) }
    return row
  }

  /// What is sealed of a subject, which has to be what the subject's row says.
  private static func stored(_ row: SubjectRow, _ database: Database) throws -> [UInt8]? {
    let statement = try database.cachedStatement(sql: "SELECT body FROM consent WHERE id = ?")
    let body = try Data.fetchOne(statement, arguments: [row.id]).map { [UInt8]($0) }
    let digest = body.map { Digest(hashing: $0.span).bytes }
    guard digest == row.consentDigest else { throw VaultError(.altered(.consents)) }
    return body
  }

  /// Overwrites what is sealed of a subject whose key is destroyed, then deletes it.
  static func eraseConsents(of id: Int64, _ database: Database) throws {
    try database.execute(sql: "UPDATE consent SET body = zeroblob(length(body)) WHERE id = ?", arguments: [id])
    try database.execute(sql: "DELETE FROM consent WHERE id = ?", arguments: [id])
  }

  private static func context(of held: HeldSubject) -> [UInt8] {
    Array("cordon vault v1 consents ".utf8) + held.tag.bytes
  }

  // Not inlined: the throws of the cipher end in here (see the invariant of `Agreement`).
  @inline(never)
  private static func sealed(_ register: [UInt8], _ held: HeldSubject) throws(VaultError) -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    do throws(CipherError) {
      let part = try held.sealer.key.seal(register.span, context: context(of: held), using: &random)
      return part.commitment.bytes + part.bytes
    } catch {
      throw VaultError(.malformed)
    }
  }

  @inline(never)
  private static func opened(_ body: [UInt8], _ held: HeldSubject) throws(VaultError) -> [UInt8] {
    let length = Digest.byteCount
    guard body.count > length, let commitment = Digest(body.span.extracting(0..<length)),
      let part = SealedPart(bytes: Array(body[length...]), commitment: commitment)
    else { throw VaultError(.altered(.consents)) }
    do throws(CipherError) {
      return try held.sealer.key.open(part, context: context(of: held))
    } catch {
      throw VaultError(.altered(.consents))
    }
  }
}
