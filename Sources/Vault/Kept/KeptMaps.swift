import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// What the tokens stand for in what vendors keep, for as long as a use case allows.
///
///     <data>/vault/kept.sqlite   who has it until when, a sealed name, a sealed key, a sealed map
///
/// ## Construction
/// Each map has a key of its own, 32 random bytes, drawn anew whenever it is written. The key is sealed under the key of
/// the patient and of the member of the workforce who are named, one inside the other, and then under the vault's key of
/// sealed fields. What is sealed is bound to the vault, the vendor's id, the caller, the use case, the people and the time:
/// with any of it changed nothing opens. Destroy one of the people's keys and it never does again.
///
/// The vendor's id is sealed, for lists: a row is found by the first 16 bytes of an HMAC of the id and of everybody for whom it is
/// kept.
///
/// The file tells by a code of the vault's which rows it has (`KeptRegister`): one that was deleted does not come back, nor does an
/// older copy of the file.
///
/// ## What it does not hide
/// From who has the file: how many maps each caller has for which use case and vendor, since when and until when, how
/// large they are, and which of them are about one patient.
package struct KeptMaps: Sendable {
  static let storeName = "kept.sqlite"
  /// What a clock may have been set back by before a map from what is then the future is taken for none, in milliseconds.
  private static let clockTolerance: Int64 = 300_000
  /// How long one map may be, in bytes: each request that goes on from it reads all of it.
  package static let longestMap = 16 << 20

  /// The vault whose keys it uses.
  package let vault: Vault
  let store: CheckedStore

  /// Something kept, opened.
  package struct Opened: Sendable {
    /// What may be known of it by anybody.
    package let record: KeptRecord
    /// The map.
    package let map: [UInt8]
  }

  /// Opens the table of a vault, and makes it if there is none.
  package init(_ vault: Vault) throws(VaultError) {
    self.vault = vault
    store = try CheckedStore(.kept, in: vault.folder)
  }

  /// The moment, by the clock that says when a map is over.
  package var now: Moment { vault.clock() }

  /// Whether there is a table in a vault, or should be.
  package static func exists(_ vault: Vault) throws(VaultError) -> Bool {
    if try vault.folder.contains(storeName) { return true }
    return try Vault.stored {
      try vault.store.read {
        try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM log_mark WHERE log = ?)", arguments: [mark]) ?? false
      }
    }
  }

  /// Whether a caller may have another map of so many bytes.
  package func hasRoom(for caller: String, bytes: Int, within bounds: KeptBounds) throws(VaultError) -> Bool {
    try store.read { try KeptMaps.hasRoom(for: caller, bytes: bytes, within: bounds, besides: nil, $0) }
  }

  /// Seals a map for what a vendor keeps, once: who says later that something else has the same id would have one
  /// conversation's tokens stand for another's values.
  ///
  /// It is on stable storage when this returns.
  ///
  /// - Throws: `tooMuchKept` when the caller has as much as it may, or the map is longer than `longestMap`; `keptAlready`
  ///   when a map whose time is not over is kept for the same.
  @discardableResult
  package func keep(
    _ map: [UInt8], of object: KeptObject, for holder: KeptHolder, until expires: Moment, within bounds: KeptBounds
  ) async throws(VaultError) -> KeptRecord {
    guard let record = try await keep([(object, map)], for: holder, until: expires, within: bounds).first else {
      throw VaultError(.storage)
    }
    return record
  }

  /// The same of several maps that belong together: all of them or none.
  package func keep(
    _ maps: [(object: KeptObject, bytes: [UInt8])], for holder: KeptHolder, until expires: Moment,
    within bounds: KeptBounds
  ) async throws(VaultError) -> [KeptRecord] {
    guard vault.duty == .use else { throw VaultError(.forbidden) }
    guard maps.allSatisfy({ $0.bytes.count <= KeptMaps.longestMap }) else { throw VaultError(.tooMuchKept) }
    let patient = try await tag(of: holder.patient, create: true)
    let user = try await tag(of: holder.user, create: true)
    let moment = vault.clock()
    var rows: [SealedRow] = []
    for (object, map) in maps {
      let code = try KeptMaps.code(of: object, for: holder, in: vault.id, try await vault.box(.fields))
      let row = KeptRow(code, object, for: holder, patient: patient, user: user, since: moment, until: expires)
      rows.append(try await sealed(map, of: object, in: row, for: holder))
    }
    try vault.checkUnlocked()
    try await change { listed, database in
      for row in rows {
        let isOver = try Bool.fetchOne(
          database, sql: "SELECT expires <= ? FROM kept WHERE code = ?",
          arguments: [moment.milliseconds, Data(row.row.code.bytes)])
        if try listed.hasRow(row.row.code, database) {
          // What is over makes room for another of its name.
          guard isOver == true else { throw VaultError(.keptAlready) }
          try listed.remove(row.row.code, database)
        }
        try KeptMaps.put(row, within: bounds, database)
        try listed.add(row.row, row.name, database)
      }
    }
    return rows.map { $0.row.record($0.byteCount) }
  }

  /// What stands in the log for something that is kept, or is about to be.
  package func recorded(_ object: KeptObject, for holder: KeptHolder) async throws(VaultError) -> String {
    let code = try KeptMaps.code(of: object, for: holder, in: vault.id, try await vault.box(.fields))
    return "\(object.kind.rawValue):\(code)"
  }

  private func sealed(
    _ map: [UInt8], of object: KeptObject, in row: KeptRow, for holder: KeptHolder
  ) async throws(VaultError) -> SealedRow {
    let fields = try await vault.box(.fields)
    let context = row.context(in: vault.id)
    var random = SystemRandomNumberGenerator()
    var secret = [UInt8](randomCount: 32, using: &random)
    defer { secret.wipe() }
    var wrapped = secret
    for subject in holder.subjects { wrapped = try await seal(wrapped, of: subject, context) }
    let (name, key, sealed) = try KeptMaps.seal(map, of: object, under: secret, itself: wrapped, context, fields)
    return SealedRow(row: row, name: name, key: key, map: sealed)
  }

  /// A row with all that is sealed of it.
  private struct SealedRow {
    let row: KeptRow
    let name: [UInt8]
    let key: [UInt8]
    let map: [UInt8]

    var byteCount: Int { key.count + map.count }
  }

  private static func put(_ sealed: SealedRow, within bounds: KeptBounds, _ database: Database) throws {
    let row = sealed.row
    guard try hasRoom(for: row.caller, bytes: sealed.byteCount, within: bounds, besides: row.code, database) else {
      throw VaultError(.tooMuchKept)
    }
    try database.execute(
      sql: """
        INSERT INTO kept (\(KeptRow.columns), name, key, map)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        Data(row.code.bytes), row.caller, row.useCase, row.vendor, row.kind.rawValue, row.created.milliseconds,
        row.expires.milliseconds, row.patient.map { Data($0) }, row.user.map { Data($0) }, Data(sealed.name),
        Data(sealed.key), Data(sealed.map),
      ])
  }

  /// What is kept for `holder` of what a vendor keeps, opened; nil for everything else, whatever the reason.
  ///
  /// - Throws: `altered` when the row is not as it was written; `locked` and the like when no key can be had.
  package func open(_ object: KeptObject, for holder: KeptHolder) async throws(VaultError) -> Opened? {
    guard vault.duty == .use else { throw VaultError(.forbidden) }
    let fields = try await vault.box(.fields)
    let code = try KeptMaps.code(of: object, for: holder, in: vault.id, fields)
    guard let (row, key, map) = try await find(code) else { return nil }
    let now = vault.clock()
    guard !row.isOver(at: now), row.created.milliseconds <= now.milliseconds + KeptMaps.clockTolerance else {
      return nil
    }
    do throws(VaultError) {
      let patient = try await tag(of: holder.patient, create: false)
      let user = try await tag(of: holder.user, create: false)
      guard row.patient == patient, row.user == user else { throw VaultError(.altered(.kept)) }
      let context = row.context(in: vault.id)
      var secret = try KeptMaps.open(key, context, fields)
      defer { secret.wipe() }
      for subject in holder.subjects.reversed() { secret = try await open(secret, of: subject, context) }
      return Opened(
        record: row.record(key.count + map.count), map: try KeptMaps.open(map, under: secret, context))
    } catch {
      switch error.code {
      case .unknownSubject, .shredded: return nil
      case .notAuthentic, .malformed: throw VaultError(.altered(.kept))
      default: throw error
      }
    }
  }

  private func find(_ code: KeptCode) async throws(VaultError) -> (row: KeptRow, key: [UInt8], map: [UInt8])? {
    let found = try await read { listed, database in
      guard try listed.hasRow(code, database) else { return nil as Row? }
      return try Row.fetchOne(
        database, sql: "SELECT \(KeptRow.columns), key, map FROM kept WHERE code = ?", arguments: [Data(code.bytes)])
    }
    guard let found else { return nil }
    guard let key = Data.fromDatabaseValue(found["key"]), let map = Data.fromDatabaseValue(found["map"]) else {
      throw VaultError(.altered(.kept))
    }
    return (try KeptRow(found), [UInt8](key), [UInt8](map))
  }

  func tag(of subject: SubjectReference?, create: Bool) async throws(VaultError) -> [UInt8]? {
    guard let subject else { return nil }
    return try await vault.subject(subject, create: create).tag.bytes
  }

  private func seal(
    _ secret: [UInt8], of subject: SubjectReference, _ context: [UInt8]
  ) async throws(VaultError) -> [UInt8] {
    try await TokenVault.typed {
      try await vault.withSubjectKey(subject, create: false, seals: 1) { key in
        var random = SystemRandomNumberGenerator()
        let part = try key.seal(secret.span, context: context, using: &random)
        return part.commitment.bytes + part.bytes
      }
    }
  }

  private func open(
    _ sealed: [UInt8], of subject: SubjectReference, _ context: [UInt8]
  ) async throws(VaultError) -> [UInt8] {
    let length = Digest.byteCount
    guard sealed.count > length, let commitment = Digest(sealed.span.extracting(0..<length)),
      let part = SealedPart(bytes: Array(sealed[length...]), commitment: commitment)
    else { throw VaultError(.malformed) }
    return try await TokenVault.typed {
      try await vault.withSubjectKey(subject, create: false, seals: 0) { key in
        try key.open(part, context: context)
      }
    }
  }
}
