import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// What a file of kept maps says of itself: which rows it has, and how often it was written.
///
/// Rows are listed by their codes, each with a code of all that it says, in lists by the first byte of their codes. The
/// register has the hash of each list, and is under a code of the vault.
///
/// ## What it tells
/// Of each row whether it is one that the vault wrote and has not deleted, whatever became of the others; and which row was
/// taken out. That the whole file is an older copy: the vault keeps, under its own seal, how often it had been written when
/// something was last deleted. An older copy of both files together is not told.
struct KeptRegister {
  private static let lists = 256
  private static let hashLength = 16

  private(set) var generation: Int64
  private var hashes: [UInt8]

  /// The register of nothing, in a file that was written so often.
  init(after generation: Int64) {
    self.generation = generation
    hashes = [UInt8](repeating: 0, count: KeptRegister.lists * KeptRegister.hashLength)
  }

  /// The register of a file, which must have been written as often as `floor` says; nil where there is none yet.
  init?(_ evidence: SecretBox, floor: Int64?, _ database: Database) throws {
    let statement = try database.cachedStatement(sql: "SELECT generation, hashes, code FROM register")
    guard let row = try Row.fetchOne(statement) else { return nil }
    guard let generation = Int64.fromDatabaseValue(row["generation"]), generation >= floor ?? 0,
      let hashes = Data.fromDatabaseValue(row["hashes"]), let code = Data.fromDatabaseValue(row["code"]),
      hashes.count == KeptRegister.lists * KeptRegister.hashLength
    else { throw VaultError(.altered(.kept)) }
    (self.generation, self.hashes) = (generation, [UInt8](hashes))
    _ = try RowCodes(.kept, evidence).checked(text, [UInt8](code))
  }

  /// The list in which a code would be; `altered` when it is not as it was written.
  func list(for code: KeptCode, _ database: Database) throws -> KeptList {
    try list(KeptRegister.number(of: code), database)
  }

  /// The number of the list in which a code would be.
  static func number(of code: KeptCode) -> Int { Int(code.bytes[0]) }

  /// The list of this number.
  func list(_ number: Int, _ database: Database) throws -> KeptList {
    let statement = try database.cachedStatement(sql: "SELECT rows FROM list WHERE number = ?")
    let found = try Row.fetchOne(statement, arguments: [number])
    let bytes = found.map { Data.fromDatabaseValue($0["rows"]) ?? Data([0]) }
    guard let list = KeptList(number, [UInt8](bytes ?? Data())), hash(number) == KeptRegister.hash(of: list) else {
      throw VaultError(.altered(.kept))
    }
    return list
  }

  /// The numbers of all lists.
  static var numbers: Range<Int> { 0..<lists }

  /// Puts a list in the place of the one of its number.
  mutating func set(_ list: KeptList, _ database: Database) throws {
    let place = list.number * KeptRegister.hashLength
    hashes.replaceSubrange(place..<place + KeptRegister.hashLength, with: KeptRegister.hash(of: list))
    try database.cachedStatement(sql: "INSERT OR REPLACE INTO list (number, rows) VALUES (?, ?)")
      .execute(arguments: [list.number, Data(list.bytes)])
  }

  /// Writes it, once more than before.
  mutating func write(_ evidence: SecretBox, _ database: Database) throws {
    generation += 1
    let code = RowCodes(.kept, evidence).mark(text).code
    try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO register (one, generation, hashes, code) VALUES (1, ?, ?, ?)"
    ).execute(arguments: [generation, Data(hashes), Data(code)])
  }

  private var text: RowText {
    var text = RowText()
    text.append("register")
    text.append(generation)
    text.append(hashes)
    return text
  }

  private func hash(_ number: Int) -> [UInt8] {
    Array(hashes[number * KeptRegister.hashLength..<(number + 1) * KeptRegister.hashLength])
  }

  /// Zeros for an empty list, which need not be there.
  private static func hash(of list: KeptList) -> [UInt8] {
    guard !list.bytes.isEmpty else { return [UInt8](repeating: 0, count: hashLength) }
    return Array(Digest(hashing: list.bytes.span).bytes.prefix(hashLength))
  }
}

/// The codes of some of the rows, each with the code of all that the row says.
struct KeptList {
  private static let entryLength = KeptCode.byteCount + RowCodes.byteCount

  let number: Int
  private(set) var bytes: [UInt8]

  /// One of nothing.
  init(_ number: Int) { (self.number, bytes) = (number, []) }

  init?(_ number: Int, _ bytes: [UInt8]) {
    guard bytes.count.isMultiple(of: KeptList.entryLength) else { return nil }
    (self.number, self.bytes) = (number, bytes)
  }

  /// The codes in it, and what their rows have to say.
  var marks: [(code: KeptCode, mark: [UInt8])] {
    stride(from: 0, to: bytes.count, by: KeptList.entryLength).map { place in
      let middle = place + KeptCode.byteCount
      return (KeptCode(bytes: Array(bytes[place..<middle])), Array(bytes[middle..<place + KeptList.entryLength]))
    }
  }

  /// What the row of a code has to say; nil when there should be none.
  func mark(of code: KeptCode) -> [UInt8]? {
    place(of: code).map { Array(bytes[$0 + KeptCode.byteCount..<$0 + KeptList.entryLength]) }
  }

  mutating func add(_ code: KeptCode, saying mark: [UInt8]) {
    remove(code)
    append(code, saying: mark)
  }

  /// The same of a code that is not in it.
  mutating func append(_ code: KeptCode, saying mark: [UInt8]) { bytes += code.bytes + mark }

  mutating func remove(_ code: KeptCode) {
    guard let place = place(of: code) else { return }
    bytes.removeSubrange(place..<place + KeptList.entryLength)
  }

  private func place(of code: KeptCode) -> Int? {
    stride(from: 0, to: bytes.count, by: KeptList.entryLength).first { place in
      bytes[place..<place + KeptCode.byteCount].elementsEqual(code.bytes)
    }
  }
}
