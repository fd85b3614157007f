package import Bytes
package import PHI

/// What a patient has authorized, or restricted, as the register has it.
package struct ConsentRecord: Hashable, Sendable {
  /// What kind of record it is.
  package enum Kind: Hashable, Sendable {
    /// The patient authorizes a use or disclosure (45 CFR 164.508).
    case authorization(Authorization)
    /// The patient asked for a restriction, and it was agreed to (45 CFR 164.522(a)(1)(iii)).
    case agreed
    /// The patient paid for it in full, so that a health plan is told nothing (45 CFR 164.522(a)(1)(vi)).
    case paidInFull
    /// The patient does not consent (45 CFR 164.506(b)).
    case withheld
  }

  /// Why a record is over.
  package enum Ending: String, Hashable, Sendable, CaseIterable {
    /// The patient has revoked it (45 CFR 164.508(b)(5)), or the restriction was terminated (164.522(a)(2)).
    case revoked
    /// The event has come with which it expires (45 CFR 164.508(b)(2)(i)).
    case event
    /// Something in it is known to be false (45 CFR 164.508(b)(2)(v)).
    case `false`
    /// A newer version of its source has come.
    case superseded
  }

  /// What tells it from others of the same patient.
  package let id: String
  package let kind: Kind
  package internal(set) var scope: ConsentScope
  /// Of a restriction: what it lets be.
  package let exceptions: [ConsentScope]
  /// What policies call that to which an authorization consents, such as `42CFR2`.
  package let names: Set<String>
  /// The first day on which it holds.
  package let begins: CalendarDate
  /// The last day on which it holds; nil without an end.
  package let expires: CalendarDate?
  /// The document that it was read from, where that has a name.
  package let source: String?
  /// When it was recorded, in milliseconds since 1970.
  package let recorded: Int64
  /// Why and when it ended; nil while it goes on.
  package private(set) var ended: (because: Ending, at: Int64)? {
    get { ending.map { ($0.because, $0.at) } }
    set { ending = newValue.map { End(because: $0.because, at: $0.at) } }
  }
  private var ending: End?

  private struct End: Hashable, Sendable {
    let because: Ending
    let at: Int64
  }

  init(
    id: String, _ kind: Kind, of scope: ConsentScope, except exceptions: [ConsentScope] = [],
    naming names: Set<String> = [],
    from begins: CalendarDate, until expires: CalendarDate?, source: String? = nil, recorded: Int64
  ) {
    (self.id, self.kind, self.scope, self.exceptions, self.names) = (id, kind, scope, exceptions, names)
    (self.begins, self.expires, self.source, self.recorded) = (begins, expires, source, recorded)
  }

  /// Ends it.
  mutating func end(_ because: Ending, at milliseconds: Int64) {
    if ending == nil { ending = End(because: because, at: milliseconds) }
  }

  /// Whether it holds on a day.
  package func isInForce(on today: CalendarDate) -> Bool {
    ending == nil && begins <= today && expires.map { today <= $0 } ?? true
  }

  /// Whether it authorizes anything, rather than restricting it.
  package var isAuthorization: Bool { if case .authorization = kind { true } else { false } }
}

extension ConsentRecord.Kind {
  /// What the member `record` calls it.
  package var name: String {
    switch self {
    case .authorization: "authorization"
    case .agreed: "restriction"
    case .paidInFull: "paid_in_full"
    case .withheld: "consent_withheld"
    }
  }
}

extension ConsentRecord {
  /// The record as it is kept and shown.
  package var json: JSONValue {
    func list(_ texts: some Sequence<String>) -> JSONValue { .array(texts.sorted().map { .string($0) }) }
    var members: [JSONMember] = [JSONMember("id", .string(id)), JSONMember("record", .string(kind.name))]
    members += scope.members
    if !exceptions.isEmpty { members.append(JSONMember("except", .array(exceptions.map { .object($0.members) }))) }
    if !names.isEmpty { members.append(JSONMember("consents", list(names))) }
    if case .authorization(let authorization) = kind { members += authorization.form }
    members.append(JSONMember("begins", .string(begins.description)))
    if let expires { members.append(JSONMember("expires", .string(expires.description))) }
    if let source { members.append(JSONMember("source", .string(source))) }
    members.append(JSONMember("recorded", .number(String(recorded))))
    if let ending {
      members.append(
        JSONMember("ended", ["because": .string(ending.because.rawValue), "at": .number(String(ending.at))]))
    }
    return .object(members)
  }

  /// A record that was kept.
  init(kept json: JSONValue) throws(ConsentFault) {
    guard let id = json["id"]?.string, let recorded = json["recorded"]?.integer else {
      throw ConsentFault("id", "is no record's")
    }
    try self.init(json, id: id, source: json["source"]?.string, recorded: Int64(recorded), today: nil)
    if let end = json["ended"] {
      guard let because = end["because"]?.string.flatMap(Ending.init), let at = end["at"]?.integer else {
        throw ConsentFault("ended", "is no end")
      }
      self.end(because, at: Int64(at))
    }
  }

  /// A record as a form says it.
  ///
  /// - Parameters:
  ///   - form: its members.
  ///   - id: what it is to be called.
  ///   - source: the document that it is of.
  ///   - milliseconds: now.
  ///   - today: the day on which it begins where it does not say; nil where it has to say.
  /// - Throws: what is wrong with it.
  init(
    _ form: JSONValue, id: String, source: String?, recorded milliseconds: Int64, today: CalendarDate?
  ) throws(ConsentFault) {
    let scope = try ConsentScope(form, at: "")
    let expires = try form.day("expires")
    let kind: Kind
    var begins = try form.day("begins")
    switch form["record"]?.string {
    case "authorization":
      let authorization = try Authorization(form, in: scope, until: expires)
      guard !scope.recipients.contains(ConsentScope.everybody) else {
        throw ConsentFault("to", "45 CFR 164.508(c)(1)(iii) asks for recipients by name")
      }
      kind = .authorization(authorization)
      // What nobody has signed yet authorizes nothing.
      begins = max(begins ?? authorization.signed, authorization.signed)
    case "restriction": kind = .agreed
    case "paid_in_full": kind = .paidInFull
    case "consent_withheld": kind = .withheld
    default:
      throw ConsentFault(
        "record", "must be `authorization`, `restriction`, `paid_in_full` or `consent_withheld`")
    }
    guard !scope.recipients.isEmpty else { throw ConsentFault("to", "must name recipients, or be `[\"*\"]`") }
    guard let first = begins ?? today else { throw ConsentFault("begins", "must be a day") }
    guard expires.map({ first <= $0 }) ?? true else { throw ConsentFault("expires", "is before it begins") }
    var exceptions: [ConsentScope] = []
    for (place, exception) in try form.list("except").enumerated() {
      exceptions.append(try ConsentScope(exception, at: "except[\(place)]."))
    }
    let names = try form.names("consents")
    let isAuthorization = form["record"] == "authorization"
    guard names.isEmpty || isAuthorization else { throw ConsentFault("consents", "is of authorizations only") }
    guard exceptions.isEmpty || !isAuthorization else { throw ConsentFault("except", "is of restrictions only") }
    if names.contains("42CFR2"), !scope.classes.contains("substance-use") {
      throw ConsentFault("consents", "`42CFR2` takes the class `substance-use`")
    }
    self.init(
      id: id, kind, of: scope, except: exceptions, naming: names, from: first, until: expires, source: source,
      recorded: milliseconds)
  }
}

extension ConsentScope {
  var members: [JSONMember] {
    func list(_ texts: Set<String>) -> JSONValue { .array(texts.sorted().map { .string($0) }) }
    var members = [JSONMember("to", list(recipients))]
    if !purposes.isEmpty { members.append(JSONMember("purposes", list(purposes))) }
    if !classes.isEmpty { members.append(JSONMember("classes", list(classes))) }
    return members
  }

  init(_ form: JSONValue, at path: String) throws(ConsentFault) {
    func names(_ name: String) throws(ConsentFault) -> Set<String> { try form.names(name, at: path) }
    self.init(recipients: try names("to"), purposes: try names("purposes"), classes: try names("classes"))
    if !path.isEmpty {
      guard form.members?.allSatisfy({ ["to", "purposes", "classes"].contains($0.name) }) == true else {
        throw ConsentFault(String(path.dropLast()), "has a member that is not `to`, `purposes` or `classes`")
      }
      guard !recipients.isEmpty else { throw ConsentFault("\(path)to", "must name recipients, or be `[\"*\"]`") }
    }
  }
}

extension JSONValue {
  fileprivate func day(_ name: String) throws(ConsentFault) -> CalendarDate? {
    guard let value = self[name] else { return nil }
    guard let day = value.string.flatMap({ CalendarDate($0) }) else {
      throw ConsentFault(name, "must be a day such as `2026-11-21`")
    }
    return day
  }

  fileprivate func list(_ name: String) throws(ConsentFault) -> [JSONValue] {
    guard let value = self[name] else { return [] }
    guard let elements = value.array, elements.count <= 256 else { throw ConsentFault(name, "must be a list") }
    return elements
  }

  fileprivate func names(_ name: String, at path: String = "") throws(ConsentFault) -> Set<String> {
    let texts = try list(name).compactMap(\.element)
    guard texts.count == self[name]?.array?.count ?? 0 else {
      throw ConsentFault("\(path)\(name)", "must be a list of names")
    }
    return Set(texts)
  }
}
