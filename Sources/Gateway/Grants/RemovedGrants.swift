import Bytes
package import Ciphers
package import Ledger

/// What was taken away of what configurations grant: a file of the data directory, which outlives every configuration.
///
/// It is replaced whole and never deleted: what is not there any more, or cannot be read, is an error and not a list of
/// nothing. That it was begun stands in a file beside it.
package struct RemovedGrants: Hashable, Sendable {
  /// The name of the file in the data directory.
  package static let file = "grants.removed"

  /// One removal.
  package struct Removal: Hashable, Sendable {
    /// Who did it.
    package var person: String?
    /// Why.
    package var reason: String?
    /// When.
    package var time: Timestamp?
    /// The proposal that it carries out; nil for one of its own.
    package var proposal: String?
    /// The policies of which whoever did it said that they may allow more from then on.
    package var lifting: [String] = []

    package init(by person: String, because reason: String?, proposal: String?, at time: Timestamp) {
      (self.person, self.reason, self.proposal, self.time) = (person, reason, proposal, time)
    }
  }

  /// A backup that the data were restored from, while nobody has said what became of the access removed since it was made.
  package struct Restore: Hashable, Sendable {
    /// The digest of the backup's file, in hexadecimal digits.
    package let backup: String
    /// When it was made.
    package let made: Timestamp
    /// Whether nobody has anything until somebody says so: in the backup access had been removed before.
    package let holds: Bool

    /// A restore of this backup.
    package init(backup: String, made: Timestamp, holds: Bool) {
      (self.backup, self.made, self.holds) = (backup, made, holds)
    }
  }

  /// The removals, by the ids of the grants.
  package private(set) var removals: [ConfiguredName: Removal] = [:]
  /// The restore after which nobody has settled what is granted; nil where there was none.
  package private(set) var restore: Restore?

  init() {}

  /// The list that a file holds; an error where it is none.
  init(_ content: [UInt8]) throws(FileFault) {
    guard let said = try? JSONValue(parsing: content), let list = said["removed"]?.array else { throw .malformed }
    if let said = said["restored"] {
      guard let restore = Restore(said) else { throw .malformed }
      self.restore = restore
    }
    for item in list {
      guard let id = item["grant"]?.string.flatMap({ ConfiguredName($0) }) else { throw .malformed }
      removals[id] = Removal(item)
    }
  }

  /// What a data directory has; nothing where nothing was ever removed, and an error where what was begun is gone.
  package static func read(data: String) throws(FileFault) -> RemovedGrants {
    let path = "\(data)/\(file)"
    // INVARIANT: this is asked first, and written last: what was begun and is not there then is lost.
    let hasBegun = try SmallFile.exists(at: begun(path))
    guard let content = try SmallFile.content(at: path) else {
      guard !hasBegun else { throw .gone }
      return RemovedGrants()
    }
    return try RemovedGrants(content)
  }

  /// Writes anew, with what is `known` of it, what is gone; false where it is there again.
  static func writeAnew(_ known: [ConfiguredName: Removal], _ restore: Restore?, data: String) throws -> Bool {
    let path = "\(data)/\(file)"
    return try SmallFile.alone(path) {
      guard try !SmallFile.exists(at: path) else { return false }
      var list = RemovedGrants()
      (list.removals, list.restore) = (known, restore)
      try list.keep(path)
      return true
    }
  }

  private static func begun(_ path: String) -> String { "\(path).begun" }

  private func keep(_ path: String) throws(FileFault) {
    try SmallFile.replace(path, with: bytes)
    try SmallFile.touch(Self.begun(path))
  }

  /// Takes a grant away from now on, in this and every other process: what was said of it before and is now, as it is kept; the
  /// same when it was removed already.
  package static func remove(
    _ id: ConfiguredName, _ removal: Removal, data: String
  ) throws -> (before: [UInt8]?, after: [UInt8]?) {
    try change(data) {
      $0.removals[id] = $0.removals[id] ?? removal
    } ofWhichIs: {
      $0.content(of: id)
    }
  }

  /// Gives a grant back; what was said of it before is nil when it was not removed.
  package static func restore(
    _ id: ConfiguredName, data: String
  ) throws -> (before: [UInt8]?, after: [UInt8]?) {
    try change(data) {
      $0.removals[id] = nil
    } ofWhichIs: {
      $0.content(of: id)
    }
  }

  /// Has nobody know from now on what was removed since a backup was made, from which a data directory is restored.
  ///
  /// Where access had ever been removed when it was made, nobody has anything until that is settled.
  package static func hold(_ data: String, asRestoredFrom backup: Digest, made: Timestamp) throws {
    let path = "\(data)/\(file)"
    try SmallFile.alone(path) {
      let isThere = try SmallFile.exists(at: path)
      // What is gone says that there was something; what cannot be read gives nobody anything either.
      let isLost = try !isThere && SmallFile.exists(at: begun(path))
      guard var removed = isLost ? RemovedGrants() : try? read(data: data) else { return }
      // A file that an earlier restore has made says of no removal that there was one.
      let isInUse = isLost || isThere && (removed.restore?.holds != false || !removed.removals.isEmpty)
      removed.restore = Restore(backup: backup.description, made: made, holds: isInUse)
      try removed.keep(path)
    }
  }

  /// Takes what is granted after a restore as granted; what was said of the restore before is nil when another is, or none.
  package static func settle(_ restore: Restore, data: String) throws -> (before: [UInt8]?, after: [UInt8]?) {
    try change(data) {
      if $0.restore == restore { $0.restore = nil }
    } ofWhichIs: {
      $0.restore == restore ? restore.content : nil
    }
  }

  private static func change(
    _ data: String, _ body: (inout RemovedGrants) -> Void, ofWhichIs part: (RemovedGrants) -> [UInt8]?
  ) throws -> (before: [UInt8]?, after: [UInt8]?) {
    let path = "\(data)/\(file)"
    return try SmallFile.alone(path) {
      let before = try read(data: data)
      var after = before
      body(&after)
      if after != before { try after.keep(path) }
      return (part(before), part(after))
    }
  }

  /// What is said of a grant, as it is kept; nil when it is not removed.
  package func content(of id: ConfiguredName) -> [UInt8]? {
    removals[id]?.content(of: id)
  }

  private var bytes: [UInt8] {
    let list = removals.sorted { $0.key.description < $1.key.description }.map { JSONValue.object($1.members($0)) }
    let restored = restore.map { [JSONMember("restored", $0.json)] } ?? []
    return JSONValue.object([JSONMember("removed", .array(list))] + restored).bytes + [0x0A]
  }
}

extension RemovedGrants.Restore {
  fileprivate init?(_ said: JSONValue) {
    guard let backup = said["backup"]?.string, Digest(hexadecimal: backup) != nil,
      let made = said["made"]?.string.flatMap(Timestamp.init), let holds = said["holds"]?.bool
    else { return nil }
    self.init(backup: backup, made: made, holds: holds)
  }

  fileprivate var json: JSONValue {
    .object([
      JSONMember("backup", .string(backup)), JSONMember("made", .string(made.description)),
      JSONMember("holds", .bool(holds)),
    ])
  }

  /// It, as it is kept.
  package var content: [UInt8] { json.bytes }
}

extension RemovedGrants.Removal {
  /// What is said of a grant that is removed so, as it is kept.
  func content(of id: ConfiguredName) -> [UInt8] { JSONValue.object(members(id)).bytes }

  fileprivate init(_ said: JSONValue) {
    person = said["by"]?.string
    reason = said["reason"]?.string
    proposal = said["proposal"]?.string
    lifting = said["lifting"]?.array?.compactMap(\.string) ?? []
    time = said["time"]?.string.flatMap(Timestamp.init)
  }

  fileprivate func members(_ id: ConfiguredName) -> [JSONMember] {
    let said = [
      ("by", person), ("reason", reason), ("proposal", proposal), ("time", time?.description),
    ].compactMap { name, text in text.map { JSONMember(name, .string($0)) } }
    let lifted = lifting.isEmpty ? [] : [JSONMember("lifting", .array(lifting.map { .string($0) }))]
    return [JSONMember("grant", .string(id.description))] + said + lifted
  }
}

extension FileFault {
  /// A file that is not what it should be.
  fileprivate static let malformed = FileFault(number: 74)
  /// What was there is not.
  package static let gone = FileFault(number: 2)
}
