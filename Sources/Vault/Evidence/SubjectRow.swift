import Bytes
import Ciphers
import GRDB
import struct Foundation.Data

/// The row of a subject, as the vault wrote it.
struct SubjectRow: Hashable {
  private(set) var id: Int64
  var lookup: [UInt8]?
  var reference: [UInt8]?
  let kind: String
  let tag: [UInt8]
  let createdDay: Int64
  var usedDay: Int64
  var uses: Int64
  var state: Schema.SubjectState
  /// What the subject's consents are in the table of these, by their digest, and after that the last day of what restricts,
  /// which is 0 where nothing does; nil of somebody who has none there.
  var consents: [UInt8]?

  /// A row that is not in the table yet.
  init(lookup: [UInt8], reference: [UInt8], kind: SubjectReference.Kind, tag: Digest, day: Int64, uses: Int64) {
    id = 0
    self.lookup = lookup
    self.reference = reference
    self.kind = kind.rawValue
    self.tag = tag.bytes
    createdDay = day
    usedDay = day
    self.uses = uses
    state = .active
  }

  /// The columns of which `init` makes one.
  static let columns =
    "subject.id AS id, lookup, reference, kind, tag, created_day, used_day, uses, state, code, consents"

  /// A row that was read; `altered` when it is not as the vault wrote it.
  init(_ row: Row, _ codes: RowCodes) throws(VaultError) {
    guard let id = Int64.fromDatabaseValue(row["id"]), let kind = String.fromDatabaseValue(row["kind"]),
      let tag = Data.fromDatabaseValue(row["tag"]), let created = Int64.fromDatabaseValue(row["created_day"]),
      let used = Int64.fromDatabaseValue(row["used_day"]), let uses = Int64.fromDatabaseValue(row["uses"]),
      let state = Int64.fromDatabaseValue(row["state"]).flatMap(Schema.SubjectState.init(rawValue:)),
      let code = Data.fromDatabaseValue(row["code"])
    else { throw VaultError(.altered(.subjects)) }
    self.id = id
    lookup = (row["lookup"] as Data?).map { [UInt8]($0) }
    reference = (row["reference"] as Data?).map { [UInt8]($0) }
    self.kind = kind
    self.tag = [UInt8](tag)
    createdDay = created
    usedDay = used
    self.uses = uses
    self.state = state
    consents = (row["consents"] as Data?).map { [UInt8]($0) }
    _ = try codes.checked(text, [UInt8](code))
  }

  /// The digest of the subject's consents.
  var consentDigest: [UInt8]? { consents.map { Array($0.prefix(Digest.byteCount)) } }

  /// Whether something restricts what is done with the subject's data on a day, as days since 1970.
  func isRestricted(on day: Int64) -> Bool { Vault.isRestricted(consents, on: day) }

  /// The day as rows have it, in the order of bytes.
  static func bytes(ofDay day: Int64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt64(clamping: day))
    return bytes
  }

  /// What kind of subject it is.
  var subjectKind: SubjectReference.Kind {
    get throws(VaultError) {
      guard let kind = SubjectReference.Kind(rawValue: kind) else { throw VaultError(.malformed) }
      return kind
    }
  }

  var text: RowText {
    var text = RowText()
    text.append(id)
    text.append(lookup)
    text.append(reference)
    text.append(kind)
    text.append(tag)
    text.append(createdDay)
    text.append(usedDay)
    text.append(uses)
    text.append(state.rawValue)
    // Rows from before there were consents keep the codes that they have.
    if let consents { text.append(consents) }
    return text
  }
}

extension Vault {
  /// Whether what a row has of the subject's consents says that something restricts on a day, as days since 1970.
  ///
  /// Of one without a day, which earlier versions wrote, nobody knows until when something does.
  package static func isRestricted(_ consents: [UInt8]?, on day: Int64) -> Bool {
    guard let last = consents?.dropFirst(Digest.byteCount) else { return false }
    return last.isEmpty || !last.lexicographicallyPrecedes(SubjectRow.bytes(ofDay: day))
  }
}

extension SubjectRow {
  /// The row for which a condition holds.
  static func find(
    _ condition: String, _ arguments: StatementArguments, _ codes: RowCodes, _ database: Database
  ) throws -> SubjectRow? {
    let statement = try database.cachedStatement(sql: "SELECT \(columns) FROM subject WHERE \(condition)")
    return try Row.fetchOne(statement, arguments: arguments).map { try SubjectRow($0, codes) }
  }

  /// The row of the subject with this tag.
  static func find(_ tag: Digest, _ codes: RowCodes, _ database: Database) throws -> SubjectRow? {
    try find("tag = ?", [Data(tag.bytes)], codes, database)
  }

  /// Puts the row into the table: its number is known then.
  mutating func insert(_ codes: RowCodes, _ tally: inout Tally, _ database: Database) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO subject (lookup, reference, kind, tag, created_day, used_day, uses, state, code)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, x'')
        """
    ).execute(arguments: [
      lookup.map { Data($0) }, reference.map { Data($0) }, kind, Data(tag), createdDay, usedDay, uses, state.rawValue,
    ])
    id = database.lastInsertedRowID
    let mark = codes.mark(text)
    try database.cachedStatement(sql: "UPDATE subject SET code = ? WHERE id = ?")
      .execute(arguments: [Data(mark.code), id])
    tally.add(mark.weight)
  }

  /// Writes a changed row in the place of this one.
  func replace(by row: SubjectRow, _ evidence: SecretBox, _ database: Database) throws {
    precondition(row.id == id && row.tag == tag, "a row stays that of its subject")
    let codes = RowCodes(.subjects, evidence)
    var tally = try Vault.subjects(evidence, database)
    tally.remove(codes.mark(text).weight)
    let mark = codes.mark(row.text)
    tally.add(mark.weight)
    try database.cachedStatement(
      sql: """
        UPDATE subject SET lookup = ?, reference = ?, used_day = ?, uses = ?, state = ?, code = ?, consents = ?
        WHERE id = ?
        """
    ).execute(arguments: [
      row.lookup.map { Data($0) }, row.reference.map { Data($0) }, row.usedDay, row.uses, row.state.rawValue,
      Data(mark.code), row.consents.map { Data($0) }, id,
    ])
    guard database.changesCount == 1 else { throw VaultError(.altered(.subjects)) }
    try Vault.set(subjects: tally, evidence, database)
  }
}
