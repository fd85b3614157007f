import Bytes
import Ciphers
import GRDB
import struct Foundation.Data

/// Which rows a file of kept maps has, each with a code of all that it says, as a tree of hashes.
///
/// A node lists up to 64 rows. Where there are more it has the hashes of sixteen nodes instead, of which a digit of a row's
/// code says in which the row is listed: what is read and written for a row is one node for each digit, and grows as the
/// logarithm of the number of rows. Codes are hashes under a key, so that nobody makes one branch longer than the others.
struct KeptTree {
  fileprivate static let hashLength = 16
  fileprivate static let none = [UInt8](repeating: 0, count: hashLength)
  private static let mostRows = 64

  /// The hash of the first node; zeros where there are no rows.
  private(set) var hash: [UInt8]

  /// One of nothing.
  init() { hash = KeptTree.none }

  /// The one whose first node has this hash.
  init?(hash: [UInt8]) {
    guard hash.count == KeptTree.hashLength else { return nil }
    self.hash = hash
  }

  /// What the row of a code has to say; nil when there should be none, `altered` when what says so is not as it was written.
  func mark(of code: KeptCode, _ database: Database) throws -> [UInt8]? {
    var (place, hash) = (KeptPlace.first, hash)
    while true {
      switch try KeptTree.node(place, hash, database) {
      case .list(let list): return list.mark(of: code)
      case .branch(let branch):
        let digit = place.digit(of: code)
        (place, hash) = (place.below(digit), branch[digit])
      }
    }
  }

  /// Has the row of a code say this, or not be there.
  mutating func set(_ mark: [UInt8]?, of code: KeptCode, _ database: Database) throws {
    hash = try KeptTree.set(mark, of: code, .first, hash, database)
  }

  /// Writes all nodes of a tree of these rows, in a file that has none.
  mutating func make(of list: KeptList, _ database: Database) throws {
    hash = try KeptTree.make(of: list, .first, database)
  }

  /// What all rows have to say; it is not whole when a node is not as it was written.
  func marks(_ database: Database) -> (marks: [KeptCode: [UInt8]], isWhole: Bool) {
    var found: (marks: [KeptCode: [UInt8]], isWhole: Bool) = ([:], true)
    KeptTree.collect(.first, hash, &found, database)
    return found
  }

  /// Writes it anew without the nodes that are not as they were written: what these listed is listed no more.
  mutating func mend(_ database: Database) throws {
    var list = KeptList()
    for (code, mark) in marks(database).marks { list.append(code, saying: mark) }
    try database.execute(sql: "DELETE FROM node")
    try make(of: list, database)
  }

  private static func set(
    _ mark: [UInt8]?, of code: KeptCode, _ place: KeptPlace, _ hash: [UInt8], _ database: Database
  ) throws -> [UInt8] {
    switch try node(place, hash, database) {
    case .list(var list):
      list.set(mark, of: code)
      return try make(of: list, place, database)
    case .branch(var branch):
      let digit = place.digit(of: code)
      branch[digit] = try set(mark, of: code, place.below(digit), branch[digit], database)
      return try write(.branch(branch), place, database)
    }
  }

  private static func make(of list: KeptList, _ place: KeptPlace, _ database: Database) throws -> [UInt8] {
    guard list.count > mostRows, !place.isLast else { return try write(.list(list), place, database) }
    var lists = [KeptList](repeating: KeptList(), count: KeptPlace.width)
    for (code, mark) in list.marks { lists[place.digit(of: code)].append(code, saying: mark) }
    var branch = KeptBranch()
    for (digit, list) in lists.enumerated() where list.count > 0 {
      branch[digit] = try make(of: list, place.below(digit), database)
    }
    return try write(.branch(branch), place, database)
  }

  private static func collect(
    _ place: KeptPlace, _ hash: [UInt8], _ found: inout (marks: [KeptCode: [UInt8]], isWhole: Bool),
    _ database: Database
  ) {
    switch try? node(place, hash, database) {
    case .list(let list): for (code, mark) in list.marks { found.marks[code] = mark }
    case .branch(let branch):
      for digit in 0..<KeptPlace.width { collect(place.below(digit), branch[digit], &found, database) }
    case nil: found.isWhole = false
    }
  }

  /// The node at a place, which must have this hash; nothing need be there where the hash is zeros.
  private static func node(_ place: KeptPlace, _ hash: [UInt8], _ database: Database) throws -> KeptNode {
    guard hash != none else { return .list(KeptList()) }
    let statement = try database.cachedStatement(sql: "SELECT bytes FROM node WHERE number = ?")
    let found = try Row.fetchOne(statement, arguments: [place.number])
    guard let bytes = found.flatMap({ Data.fromDatabaseValue($0["bytes"]) }).map({ [UInt8]($0) }),
      KeptTree.hash(of: bytes) == hash, let node = KeptNode(bytes)
    else { throw VaultError(.altered(.kept)) }
    return node
  }

  /// Writes a node: its hash.
  private static func write(_ node: KeptNode, _ place: KeptPlace, _ database: Database) throws -> [UInt8] {
    guard !node.isEmpty else {
      try database.cachedStatement(sql: "DELETE FROM node WHERE number = ?").execute(arguments: [place.number])
      return none
    }
    let bytes = node.bytes
    try database.cachedStatement(sql: "INSERT OR REPLACE INTO node (number, bytes) VALUES (?, ?)")
      .execute(arguments: [place.number, Data(bytes)])
    return hash(of: bytes)
  }

  private static func hash(of bytes: [UInt8]) -> [UInt8] { Array(Digest(hashing: bytes.span).bytes.prefix(hashLength)) }
}

/// Where a node is: as many digits of the codes that are listed below it as there are nodes above it.
private struct KeptPlace {
  static let width = 16
  static let first = KeptPlace(number: 1, level: 0)
  private static let lastLevel = 15

  /// The digits, after a one.
  let number: Int64
  private let level: Int

  /// Whether no node is below it, however many rows it lists: its number would be too large.
  var isLast: Bool { level == KeptPlace.lastLevel }

  func below(_ digit: Int) -> KeptPlace {
    KeptPlace(number: number * Int64(KeptPlace.width) + Int64(digit), level: level + 1)
  }

  /// Which of the nodes below it lists a code.
  func digit(of code: KeptCode) -> Int {
    let byte = code.bytes[level / 2]
    return Int(level.isMultiple(of: 2) ? byte >> 4 : byte & 0xF)
  }
}

/// A node of the tree.
private enum KeptNode {
  case list(KeptList)
  case branch(KeptBranch)

  /// What was stored; nil for any other bytes.
  init?(_ bytes: [UInt8]) {
    switch bytes.first {
    case 0:
      guard let list = KeptList(bytes.dropFirst()) else { return nil }
      self = .list(list)
    case 1:
      guard let branch = KeptBranch(bytes.dropFirst()) else { return nil }
      self = .branch(branch)
    default: return nil
    }
  }

  /// What is stored: which of the two it is, and its content.
  var bytes: [UInt8] {
    switch self {
    case .list(let list): [0] + list.bytes
    case .branch(let branch): [1] + branch.bytes
    }
  }

  /// Whether nothing is listed in it or below it.
  var isEmpty: Bool {
    switch self {
    case .list(let list): list.bytes.isEmpty
    case .branch(let branch): branch.bytes.allSatisfy { $0 == 0 }
    }
  }
}

/// The hashes of the nodes below one.
private struct KeptBranch {
  private(set) var bytes: [UInt8]

  init() { bytes = [UInt8](repeating: 0, count: KeptPlace.width * KeptTree.hashLength) }

  init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == KeptPlace.width * KeptTree.hashLength else { return nil }
    self.bytes = Array(bytes)
  }

  subscript(digit: Int) -> [UInt8] {
    get { Array(bytes[digit * KeptTree.hashLength..<(digit + 1) * KeptTree.hashLength]) }
    set {
      bytes.replaceSubrange(digit * KeptTree.hashLength..<(digit + 1) * KeptTree.hashLength, with: newValue)
    }
  }
}
