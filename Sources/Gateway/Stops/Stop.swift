import Bytes
package import Ledger

/// Something that somebody has stopped.
package struct Stop: Hashable, Sendable {
  /// The name of a vendor, a model or a use case; names of models are the longest.
  package let name: ModelName
  /// Who did it.
  package var person: String?
  /// Why.
  package var reason: String?
  /// When.
  package var time: Timestamp?

  package init(_ name: ModelName, by person: String, because reason: String, at time: Timestamp) {
    self.name = name
    self.person = person
    self.reason = reason
    self.time = time
  }

  /// What a marker says; one that says nothing is a stop all the same.
  init?(_ name: String, _ content: [UInt8]) {
    guard let name = ModelName(name) else { return nil }
    self.name = name
    let said = try? JSONValue(parsing: content)
    person = said?["by"]?.string
    reason = said?["reason"]?.string
    time = said?["time"]?.string.flatMap(Timestamp.init)
  }

  /// What its marker says.
  var content: [UInt8] {
    JSONValue.object([
      JSONMember("by", person.map { .string($0) } ?? .null), JSONMember("reason", reason.map { .string($0) } ?? .null),
      JSONMember("time", time.map { .string($0.description) } ?? .null),
    ]).bytes + [0x0A]
  }
}
