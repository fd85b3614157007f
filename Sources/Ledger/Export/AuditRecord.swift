package import Bytes

/// An entry as other systems are told of it, before it takes the form of one of their formats.
///
/// It is read from the public JSON of the entry, whichever version that has, and loses nothing of it: what has no
/// member of its own here is among `details`.
package struct AuditRecord: Hashable, Sendable {
  /// Where the entry is.
  package var place: LogPlace
  /// What happened.
  package var event: Event
  /// When.
  package var time: Timestamp
  /// The request it belongs to.
  package var request: String?
  /// Which application asked.
  package var caller: String?
  /// For which member of the workforce, by pseudonym.
  package var user: String?
  /// From which client.
  package var client: String?
  /// Served by which replica.
  package var server: String?
  /// To which vendor.
  package var vendor: String?
  /// For which purpose of use.
  package var purpose: String?
  /// What was decided.
  package var decision: String?
  /// By which rule.
  package var rule: String?
  /// How a request ended.
  package var ending: String?
  /// The HTTP status of the answer.
  package var status: Int?
  /// What an administrative act was done to.
  package var object: String?
  /// Who did or approved an administrative act, by pseudonym.
  package var people: [String] = []
  /// The tags of the subjects whose sealed parts belong to the entry, each once.
  package var subjects: [String] = []
  /// The hash of the ciphertext of what was sent.
  package var sent: String?
  /// Every other member of the entry, a nested one under its path.
  package var details: [Detail] = []

  /// A member of an entry and its value as text.
  package struct Detail: Hashable, Sendable {
    /// The member, such as `microseconds.total`.
    package var name: String
    /// The value.
    package var value: String

    /// A member.
    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The record of the entry whose JSON this is.
  package init(_ json: [UInt8], at place: LogPlace) throws(LedgerError) {
    guard let members = (try? JSONValue(parsing: json))?.members,
      let event = members.first(where: { $0.name == "event" })?.value.string.flatMap(Event.init(rawValue:)),
      let time = members.first(where: { $0.name == "time" })?.value.string.flatMap(Timestamp.init)
    else { throw .damaged(Fault(.malformedEntry, at: place.index)) }
    self.place = place
    self.event = event
    self.time = time
    for member in members where !AuditRecord.outline.contains(member.name) { take(member) }
  }

  private static let outline: Set<String> = ["v", "event", "time"]

  private mutating func take(_ member: JSONMember) {
    let texts = member.value.array?.compactMap(\.string) ?? []
    switch (member.name, member.value) {
    case ("request", .string(let text)): request = text
    case ("caller", .string(let text)): caller = text
    case ("user", .string(let text)): user = text
    case ("client", .string(let text)): client = text
    case ("server", .string(let text)): server = text
    case ("vendor", .string(let text)): vendor = text
    case ("purpose", .string(let text)): purpose = text
    case ("decision", .string(let text)): decision = text
    case ("rule", .string(let text)): rule = text
    case ("outcome", .string(let text)): ending = text
    case ("object", .string(let text)): object = text
    case ("sent", .string(let text)): sent = text
    case ("status", .number(let digits)) where Int(digits) != nil: status = Int(digits)
    case ("people", .array(let elements)) where elements.count == texts.count: people = texts
    default: details += Detail.all(of: member.value, named: member.name)
    }
    if member.name == "parts" {
      for subject in (member.value.array ?? []).compactMap({ $0["subject"]?.string }) where !subjects.contains(subject)
      {
        subjects.append(subject)
      }
    }
  }
}

extension AuditRecord.Detail {
  /// Every member of an entry, a nested one under its path.
  package static func all(of entry: JSONValue) -> [AuditRecord.Detail] {
    (entry.members ?? []).flatMap { all(of: $0.value, named: $0.name) }
  }

  fileprivate static func all(of value: JSONValue, named name: String) -> [AuditRecord.Detail] {
    switch value {
    case .null: [Self(name: name, value: "null")]
    case .bool(let truth): [Self(name: name, value: truth ? "true" : "false")]
    case .number(let digits): [Self(name: name, value: digits)]
    case .string(let text): [Self(name: name, value: text)]
    case .array(let elements):
      elements.enumerated().flatMap { all(of: $0.element, named: "\(name).\($0.offset)") }
    case .object(let members): members.flatMap { all(of: $0.value, named: "\(name).\($0.name)") }
    }
  }
}
