package import Bytes
package import Ciphers
package import Ledger
package import Vault

/// Who had access to what concerns one person, when and for which purpose: every entry of the log that names the person.
///
/// It is what 45 CFR 164.312(b) lets an auditor ask, and what an accounting under 164.528 begins with. The entries are
/// found by the person's tag, each as a signed seal covers it; the names in them are opened with the person's own key, so that after disposal there is
/// nothing to find any more.
package struct AccessReport: Sendable {
  /// One entry about the person.
  package struct Access: Hashable, Sendable {
    /// The replica whose log has it; nil where there is one log.
    package let shard: ReplicaName?
    /// The index of the entry in the log.
    package let index: UInt64
    /// What happened.
    package let event: Event
    /// When.
    package let time: Timestamp
    /// What the entry says, without the sealed parts.
    package let entry: JSONValue
    /// What the person's own sealed part says, and who the user was, by the user's own; nil where neither can be opened.
    package internal(set) var personal: JSONValue?
  }

  /// The person's tag.
  package let tag: Digest
  /// The accesses, the oldest first.
  package private(set) var accesses: [Access] = []
  /// How many entries the log has, with all of its shards.
  package private(set) var population: UInt64 = 0
  /// How many of them were looked through.
  package private(set) var evaluated: UInt64 = 0

  /// What was given up of shards that the report is made from, as members of an object; none where nothing was.
  package let givenUp: [JSONMember]

  /// The parts that are still sealed, with the places in `accesses` that they belong to.
  private var sealed: [(place: Int, part: SealedPart, context: [UInt8])] = []
  /// Those of others in these entries.
  private var others: [(place: Int, subject: Digest, part: SealedPart, context: [UInt8])] = []

  /// What the logs of a data directory have about the subject of a tag, with what is personal still sealed.
  package init(on tag: Digest, in logs: ProvedLogs) throws {
    (self.tag, givenUp) = (tag, logs.givenUpMembers)
    for log in logs.logs { try look(through: log) }
    // Each log has its entries in order; across logs the time tells.
    let places = accesses.indices.sorted { (accesses[$0].time, $0) < (accesses[$1].time, $1) }
    let ranks = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0) })
    accesses = places.map { accesses[$0] }
    for index in sealed.indices { sealed[index].place = ranks[sealed[index].place] ?? sealed[index].place }
    for index in others.indices { others[index].place = ranks[others[index].place] ?? others[index].place }
  }

  private mutating func look(through log: ProvedLogs.Log) throws {
    var query = SearchQuery()
    query.tags = [tag]
    // The log itself and not its index, which is under no seal: from that somebody could take an entry away.
    var reader = try log.reader(sealed: true)
    while let stored = try reader.next(fitting: query) {
      add(stored, try JSONValue(parsing: stored.json), of: log.replica)
    }
    population += reader.evaluated
    evaluated += reader.evaluated
  }

  /// Opens what is personal with the subject's key, and the names of members of the workforce with theirs.
  package mutating func open(in scope: ClearScope) async throws {
    let texts = try await scope.open(sealed.map { ($0.part, $0.context) })
    for (text, (place, _, _)) in zip(texts, sealed) {
      accesses[place].personal = text.flatMap { try? JSONValue(parsing: $0) }
    }
    // Of many in an entry, the one whom the person's own part names by tag.
    let users = others.filter { accesses[$0.place].personal?["by"]?.string == $0.subject.description }
    let names = try await scope.open(ofWorkforce: users.map { ($0.subject, $0.part, $0.context) })
    for (text, other) in zip(names, users) {
      guard let user = text.flatMap({ try? JSONValue(parsing: $0) })?["user"] else { continue }
      let known = accesses[other.place].personal?.members ?? []
      accesses[other.place].personal = .object(known.filter { $0.name != "by" } + [JSONMember("user", user)])
    }
    (sealed, others) = ([], [])
  }

  private mutating func add(_ stored: StoredEntry, _ entry: JSONValue, of shard: ReplicaName?) {
    for (reference, part) in zip(stored.outline.parts, stored.sealed) {
      guard let part, let request = stored.outline.request else { continue }
      let context = Entry.partContext(of: request)
      if reference.subject == tag {
        sealed.append((accesses.count, part, context))
      } else {
        others.append((accesses.count, reference.subject, part, context))
      }
    }
    accesses.append(
      Access(
        shard: shard, index: stored.index, event: stored.outline.event, time: stored.outline.time,
        entry: entry.about(tag)))
  }
}

extension JSONValue {
  /// An entry without those whom it names beside one of many: a report on one person is about nobody else.
  fileprivate func about(_ tag: Digest) -> JSONValue {
    // The members of the workforce who asked have a tag each, too; one beside them is the person.
    let others = (self["tags"]?.array?.count ?? 0) - (self["people"]?.array?.count ?? 0)
    guard let members, others > 1 else { return self }
    return .object(
      members.compactMap { member in
        switch member.name {
        case "tags": JSONMember("tags", [.string(tag.description)])
        case "parts":
          JSONMember("parts", .array(member.value.array?.filter { $0["subject"]?.string == tag.description } ?? []))
        case "people": nil
        default: member
        }
      })
  }
}
