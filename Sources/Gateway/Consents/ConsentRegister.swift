import Bytes
import PHI

/// What the register of consents has of one patient.
package struct ConsentRegister: Hashable, Sendable {
  /// The records, the oldest first; what has ended stays.
  package private(set) var records: [ConsentRecord] = []
  /// Which version of each document was the last that counted, and the digests of those before.
  private var documents: [String: Document] = [:]

  private struct Document: Hashable, Sendable {
    var last: ConsentEdition
    var earlier: [String] = []
  }

  private static let mostEarlier = 16

  /// One without records.
  package init() {}

  /// What was kept; a record that cannot be understood makes all of it unreadable.
  package init(_ kept: [UInt8]?) throws(ConsentFault) {
    guard let kept else { return }
    guard let json = try? JSONValue(parsing: kept), json["form"] == "cordon consents 1",
      let elements = json["records"]?.array
    else { throw ConsentFault("records", "the register is none") }
    for element in elements { records.append(try ConsentRecord(kept: element)) }
    for element in json["documents"]?.array ?? [] {
      guard let source = element["source"]?.string, let earlier = element["earlier"]?.array else {
        throw ConsentFault("documents", "the register is none")
      }
      documents[source] = Document(last: try ConsentEdition(kept: element), earlier: earlier.compactMap(\.string))
    }
  }

  /// Takes in what the register has of the same patient in another spelling, to be asked and not to be kept.
  package mutating func join(_ other: ConsentRegister) { records += other.records }

  /// The same where `recipients` are all that there are: a restriction that names another is of everybody, as nobody
  /// knows who is called so by now.
  package func restrictingEverybody(unlessAmong recipients: Set<String>) -> ConsentRegister {
    var register = self
    for place in records.indices
    where !records[place].isAuthorization && !records[place].scope.recipients.isSubset(of: recipients) {
      register.records[place].scope.recipients.insert(ConsentScope.everybody)
    }
    return register
  }

  /// The last day on which anything in it restricts, as days since 1970; nil where nothing does, now or later.
  package var lastRestrictedDay: Int64? {
    records.filter { !$0.isAuthorization && $0.ended == nil }.map { record in
      record.expires.flatMap { ConsentEdition.instant("\($0)T00:00:00Z") }.map { $0 / 86_400_000 } ?? .max
    }.max()
  }

  /// The same of what is kept: what cannot be read restricts for good.
  package static func lastRestrictedDay(of kept: [UInt8]) -> Int64? {
    guard let register = try? ConsentRegister(kept) else { return .max }
    return register.lastRestrictedDay
  }

  /// As it is kept.
  package var bytes: [UInt8] {
    var members = [
      JSONMember("form", "cordon consents 1"), JSONMember("records", .array(records.map(\.json))),
    ]
    let kept = documents.sorted { $0.key < $1.key }.map { source, document in
      JSONValue.object(
        [JSONMember("source", .string(source))] + document.last.members
          + [JSONMember("earlier", .array(document.earlier.map { .string($0) }))])
    }
    if !kept.isEmpty { members.append(JSONMember("documents", .array(kept))) }
    return JSONValue.object(members).bytes
  }

  /// Takes records in; those of the same source that were there before are over.
  package mutating func add(_ added: [ConsentRecord], of source: String?, at milliseconds: Int64) {
    if let source {
      for place in records.indices where records[place].source == source {
        records[place].end(.superseded, at: milliseconds)
      }
    }
    records += added
  }

  /// Ends a record; false when there is none of this id that goes on.
  package mutating func end(_ id: String, _ because: ConsentRecord.Ending, at milliseconds: Int64) -> Bool {
    guard let place = records.firstIndex(where: { $0.id == id && $0.ended == nil }) else { return false }
    records[place].end(because, at: milliseconds)
    return true
  }
}

// Documents that are imported.
extension ConsentRegister {
  /// What came of a document.
  package enum Outcome: Hashable, Sendable {
    case taken
    /// It says what the register has of it.
    case unchanged
    /// What it says was ended by hand, and it is not dated after that.
    case endedByHand
    /// A newer version was there before, or nobody can tell that this one is newer.
    case older
  }

  /// Takes in what a document says.
  package mutating func take(_ consent: FHIRConsent, at milliseconds: Int64) -> Outcome {
    let (source, edition) = (consent.origin.source, consent.origin.edition)
    let own = records.filter { $0.source == source }
    let byHand = own.filter { $0.ended.map { $0.because != .superseded } ?? false }
    if documents[source]?.last.digest == edition.digest {
      guard byHand.isEmpty else { return .endedByHand }
      let inForce = own.filter { $0.ended == nil }.map(\.substance)
      guard inForce != consent.records.map(\.substance) else { return .unchanged }
    } else if !isNews(edition, of: source) {
      return .older
    }
    if consent.records.contains(where: \.isAuthorization),
      let last = byHand.filter(\.isAuthorization).compactMap(\.ended?.at).max(),
      edition.moment.map({ $0 <= last }) ?? true
    {
      endAuthorizations(of: consent.origin, at: milliseconds)
      return .endedByHand
    }
    add(consent.records, of: source, at: milliseconds)
    note(edition, of: source)
    return .taken
  }

  /// Ends what a document had authorized of which a newer version was refused; how many authorizations that were.
  package mutating func refuse(_ origin: FHIRConsent.Origin, at milliseconds: Int64) -> Int {
    guard documents[origin.source]?.last.digest != origin.edition.digest, isNews(origin.edition, of: origin.source)
    else { return 0 }
    return endAuthorizations(of: origin, at: milliseconds)
  }

  /// What is new in it since, and what has ended, for the log: the ids of records.
  package func changes(since before: ConsentRegister) -> String? {
    let was = Dictionary(before.records.map { ($0.id, $0.ended == nil) }, uniquingKeysWith: { $1 })
    let changed = records.compactMap { record -> String? in
      guard let went = was[record.id] else { return "recorded \(record.id)" }
      return went && record.ended != nil ? "ended \(record.id)" : nil
    }
    guard !changed.isEmpty else { return nil }
    // The log takes 200 bytes of words.
    let shown = changed.prefix(6).joined(separator: ", ")
    return changed.count > 6 ? "\(shown) and \(changed.count - 6) more" : shown
  }

  /// Whether a version may take the place of what is there.
  private func isNews(_ edition: ConsentEdition, of source: String) -> Bool {
    guard let document = documents[source] else { return true }
    if let isNewer = edition.isNewer(than: document.last) { return isNewer }
    return !document.last.isNumbered && !document.earlier.contains(edition.digest)
  }

  private mutating func note(_ edition: ConsentEdition, of source: String) {
    var document = documents[source] ?? Document(last: edition)
    if document.last.digest != edition.digest {
      document.earlier = Array((document.earlier + [document.last.digest]).suffix(Self.mostEarlier))
    }
    document.last = edition
    documents[source] = document
  }

  @discardableResult
  private mutating func endAuthorizations(of origin: FHIRConsent.Origin, at milliseconds: Int64) -> Int {
    var count = 0
    for place in records.indices
    where records[place].source == origin.source && records[place].isAuthorization && records[place].ended == nil {
      records[place].end(.superseded, at: milliseconds)
      count += 1
    }
    // Without anything of it there is nothing that an older version could bring back.
    if records.contains(where: { $0.source == origin.source }) { note(origin.edition, of: origin.source) }
    return count
  }
}

extension ConsentRecord {
  /// What it says, whenever it was recorded, and from whichever day it holds where its document says none.
  fileprivate var substance: JSONValue {
    .object((json.members ?? []).filter { !["id", "recorded", "ended", "begins"].contains($0.name) })
  }
}
