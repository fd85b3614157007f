package import Bytes
import PHI

/// A record as an officer writes it, with whom it is of.
package struct ConsentForm: Sendable {
  /// The patient, as requests name them.
  package let patient: String
  package let record: ConsentRecord

  private static let members =
    ["patient", "record", "to", "purposes", "classes", "except", "consents", "begins", "expires"]
    + Authorization.members

  /// What a form says.
  ///
  /// - Parameters:
  ///   - json: the form.
  ///   - id: what the record is to be called.
  ///   - milliseconds: now, since 1970.
  /// - Throws: everything that is wrong with it; a member that nobody knows is wrong, as what it says would be lost.
  package init(_ json: JSONValue, id: String, at milliseconds: Int64) throws(ConsentFault) {
    guard let members = json.members else { throw ConsentFault("record", "must be an object") }
    guard Set(members.map(\.name)).count == members.count else {
      throw ConsentFault("record", "has a member twice")
    }
    guard members.allSatisfy({ Self.members.contains($0.name) }) else {
      throw ConsentFault("record", "has a member that is none of \(Self.members.joined(separator: ", "))")
    }
    guard let patient = json["patient"]?.string.flatMap(RequestParties.reference) else {
      throw ConsentFault("patient", "must be the reference by which requests name the patient")
    }
    self.patient = patient
    record = try ConsentRecord(
      json, id: id, source: nil, recorded: milliseconds,
      today: CalendarDate(secondsSinceEpoch: milliseconds / 1_000))
  }
}
