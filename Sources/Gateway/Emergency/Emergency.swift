import Bytes
package import Ledger

/// An emergency that somebody has declared: what is vital goes on, what can wait does (45 CFR 164.308(a)(7)(ii)(C)).
package struct Emergency: Hashable, Sendable {
  /// Who declared it.
  package var person: String?
  /// Why.
  package var reason: String?
  /// When.
  package var time: Timestamp?

  package init(by person: String, because reason: String, at time: Timestamp) {
    (self.person, self.reason, self.time) = (person, reason, time)
  }

  /// What a marker says; one that says nothing is an emergency all the same.
  init(_ content: [UInt8]) {
    let said = try? JSONValue(parsing: content)
    person = said?["by"]?.string
    reason = said?["reason"]?.string
    time = said?["time"]?.string.flatMap(Timestamp.init)
  }

  var content: [UInt8] {
    JSONValue.object([
      JSONMember("by", person.map { .string($0) } ?? .null), JSONMember("reason", reason.map { .string($0) } ?? .null),
      JSONMember("time", time.map { .string($0.description) } ?? .null),
    ]).bytes + [0x0A]
  }
}

/// The file `emergency` of the data directory: while it is there, there is one, in every process.
///
/// It can be made by hand, with a full disk and without a passphrase.
package struct EmergencyMarker: Sendable {
  private let path: String?

  /// The marker of a data directory; with none, there is never an emergency.
  package init(data: String?) { path = data.map { "\($0)/emergency" } }

  /// Whether there is an emergency; what cannot be looked at is none.
  var isSet: Bool { path.map { (try? SmallFile.exists(at: $0)) ?? false } ?? false }

  /// The emergency; nil when there is none.
  package func emergency() throws(FileFault) -> Emergency? {
    guard let path, let content = try SmallFile.content(at: path) else { return nil }
    return Emergency(content)
  }

  /// What the marker says; nil when there is none.
  package func content() throws(FileFault) -> [UInt8]? {
    guard let path else { return nil }
    return try SmallFile.content(at: path)
  }

  /// Declares an emergency.
  package func set(_ emergency: Emergency) throws(FileFault) {
    guard let path else { return }
    try SmallFile.touch(path)
    // It is declared from here on; who did it and why is written as far as there is room.
    try? SmallFile.replace(path, with: emergency.content)
  }

  /// Ends it; false when there was none.
  package func lift() throws(FileFault) -> Bool {
    guard let path else { return false }
    return try SmallFile.remove(path)
  }
}
