import Bytes
import PHI

/// What the register of consents has of one patient.
package struct ConsentRegister: Hashable, Sendable {
  /// The records, the oldest first; what has ended stays.
  package private(set) var records: [ConsentRecord] = []

  /// One without records.
  package init() {}

  /// What was kept; a record that cannot be understood makes all of it unreadable.
  package init(_ kept: [UInt8]?) throws(ConsentFault) {
    guard let kept else { return }
    guard let json = try? JSONValue(parsing: kept), json["form"] == "cordon consents 1",
      let elements = json["records"]?.array
    else { throw ConsentFault("records", "the register is none") }
    for element in elements { records.append(try ConsentRecord(kept: element)) }
  }

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

  /// As it is kept.
  package var bytes: [UInt8] {
    let members = [
      JSONMember("form", "cordon consents 1"), JSONMember("records", .array(records.map(\.json))),
    ]
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
