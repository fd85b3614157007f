import Bytes
import PHI

/// One rule of a FHIR Consent: under which conditions it permits or denies, and what is excepted from it.
struct FHIRProvision {
  enum Decision { case permit, deny }

  let decision: Decision
  var scope: ConsentScope
  var begins: CalendarDate?
  var expires: CalendarDate?
  /// What of it concerns what a gateway does: to use and to disclose; one that is about collecting alone does not.
  var isAboutUse = true
  var children: [FHIRProvision] = []
  /// Where it stands.
  let path: String

  /// How the version of a resource says whether a rule permits or denies.
  enum Form {
    /// FHIR R4: each nested rule by itself (`type`).
    case typed
    /// FHIR R5: each is an exception from what it is in.
    case alternating
  }

  private static let members: Set<String> = [
    "id", "extension", "type", "period", "actor", "action", "securityLabel", "purpose", "provision",
  ]
  private static let recipientRoles: Set<String> = ["PRCP", "IRCP", "GRANTEE", "PROV"]
  private static let usingActions: Set<String> = ["access", "use", "disclose"]
  private static let otherActions: Set<String> = ["collect", "correct"]
  private static let deepest = 8

  /// A rule with all that is in it; what it does not say itself, what it is in says for it.
  ///
  /// - Throws: what cannot be understood: a condition that was left out would permit, or deny, something else.
  init(
    _ json: JSONValue, _ decision: Decision, in parent: FHIRProvision?, _ form: Form,
    naming recipients: [String: String],
    at path: String, depth: Int = 0
  ) throws(ConsentFault) {
    guard let members = json.members, depth < Self.deepest else { throw ConsentFault(path, "is no provision") }
    if let strange = members.first(where: { !Self.members.contains($0.name) }) {
      let known = [
        "class", "code", "data", "dataPeriod", "documentType", "resourceType", "expression", "modifierExtension",
      ]
      let name = known.contains(strange.name) ? strange.name : "a member"
      throw ConsentFault(path, "has a condition that cannot be checked (\(name))")
    }
    guard Set(members.map(\.name)).count == members.count else { throw ConsentFault(path, "has a member twice") }
    self.decision = decision
    self.path = path
    var scope = ConsentScope(recipients: [])
    for (place, actor) in try json.elements("actor", at: path).enumerated() {
      scope.recipients.insert(try Self.recipient(actor, recipients, at: "\(path).actor[\(place)]"))
    }
    for (place, purpose) in try json.elements("purpose", at: path).enumerated() {
      guard let code = purpose["code"]?.string else { throw ConsentFault("\(path).purpose[\(place)]", "has no code") }
      guard !ConsentPurpose.known.contains(code) || FHIRCodes.isOfHL7(purpose) else {
        throw ConsentFault("\(path).purpose[\(place)]", "is a code of another system")
      }
      scope.purposes.insert(code)
    }
    for (place, label) in try json.elements("securityLabel", at: path).enumerated() {
      guard FHIRCodes.isOfHL7(label), let classes = label["code"]?.string.flatMap({ FHIRCodes.classes[$0] }) else {
        throw ConsentFault("\(path).securityLabel[\(place)]", "is of no class of data that is found in requests")
      }
      scope.classes.formUnion(classes)
    }
    if scope.recipients.isEmpty { scope.recipients = parent?.scope.recipients ?? [] }
    if scope.purposes.isEmpty { scope.purposes = parent?.scope.purposes ?? [] }
    if scope.classes.isEmpty { scope.classes = parent?.scope.classes ?? [] }
    self.scope = scope
    (begins, expires) = try json.period("period", at: path)
    (begins, expires) = (begins ?? parent?.begins, expires ?? parent?.expires)
    try readActions(json)
    for (place, child) in try json.elements("provision", at: path).enumerated() {
      let at = "\(path).provision[\(place)]"
      let type: Decision
      switch (form, child["type"]?.string) {
      case (.typed, "permit"?): type = .permit
      case (.typed, "deny"?): type = .deny
      case (.typed, _): throw ConsentFault("\(at).type", "must be `permit` or `deny`")
      case (.alternating, nil): type = decision == .permit ? .deny : .permit
      case (.alternating, _): throw ConsentFault("\(at).type", "is not of this version")
      }
      children.append(
        try FHIRProvision(child, type, in: self, form, naming: recipients, at: at, depth: depth + 1))
    }
  }

  /// A rule about everything.
  init(
    everything decision: Decision, except children: [FHIRProvision], from begins: CalendarDate?,
    until end: CalendarDate?
  ) {
    self.decision = decision
    scope = ConsentScope(recipients: [ConsentScope.everybody])
    (self.begins, expires, self.children, path) = (begins, end, children, "provision")
  }

  private mutating func readActions(_ json: JSONValue) throws(ConsentFault) {
    let actions = try json.elements("action", at: path)
    guard !actions.isEmpty else { return }
    var codes: Set<String> = []
    for (place, action) in actions.enumerated() {
      let codings = action["coding"]?.array ?? []
      let found = codings.allSatisfy(FHIRCodes.isOfHL7) ? codings.compactMap { $0["code"]?.string } : []
      guard !found.isEmpty, found.allSatisfy({ Self.usingActions.union(Self.otherActions).contains($0) }) else {
        throw ConsentFault("\(path).action[\(place)]", "is not collect, access, use, disclose or correct")
      }
      codes.formUnion(found)
    }
    // To permit takes that it may be disclosed; to deny any of what is done.
    isAboutUse = decision == .permit ? codes.contains("disclose") : !codes.isDisjoint(with: Self.usingActions)
    guard isAboutUse || decision == .permit else {
      throw ConsentFault("\(path).action", "denies what no gateway does, such as to collect")
    }
  }

  private static func recipient(
    _ actor: JSONValue, _ recipients: [String: String], at path: String
  ) throws(ConsentFault) -> String {
    let codings = actor["role"]?["coding"]?.array ?? []
    let roles = codings.compactMap { $0["code"]?.string }
    guard codings.allSatisfy(FHIRCodes.isOfHL7), roles.isEmpty || roles.contains(where: recipientRoles.contains) else {
      throw ConsentFault(
        "\(path).role", "is not that of a recipient (\(recipientRoles.sorted().joined(separator: ", ")))")
    }
    let reference = actor["reference"]
    let identifier = reference?["identifier"]
    // Two systems give one value to two: what has a system is meant with it.
    let identified = identifier?["value"]?.string.map { value in
      identifier?["system"]?.string.map { "\($0)|\(value)" } ?? value
    }
    let names = [reference?["reference"]?.string, identified].compactMap(\.self)
    guard let recipient = names.lazy.compactMap({ recipients[$0] }).first else {
      throw ConsentFault("\(path).reference", "names nobody who is a recipient here: say who it is by `--recipient`")
    }
    return recipient
  }
}

/// What codes of FHIR and HL7 v3 mean here.
enum FHIRCodes {
  /// The classes of data of a security label.
  static let classes: [String: Set<String>] = [
    "ETH": ["substance-use"], "SUD": ["substance-use"], "ETHUD": ["substance-use"], "OPIOIDUD": ["substance-use"],
    "PSYTHPN": ["psychotherapy"], "PSY": ["mental-health"], "MH": ["mental-health"],
    "BH": ["mental-health", "substance-use"], "HIV": ["hiv"], "GDIS": ["genetic"], "SEX": ["reproductive"],
  ]
  /// Rules by which everything is denied that is not permitted.
  static let denying: Set<String> = ["OPTOUT", "OPTOUTE", "NOCONSENT"]
  /// Rules by which everything is permitted that is not denied.
  static let permitting: Set<String> = ["OPTIN", "OPTINR", "IMPLIED", "IMPLIEDD"]
  /// Laws under which a permit is an authorization, and what policies call what it consents to.
  static let authorizing: [String: Set<String>] = [
    "hipaa-auth": [], "hipaa-research": ["research"], "HIPAAAuth": [], "HIPAAAuthCD": [], "HIPAAPsyNotes": [],
    "HIPAAResearchAuth": ["research"], "42CFRPart2": ["42CFR2"], "42CFRPart2CD": ["42CFR2"],
  ]
  /// Laws under which a denial is more than that nobody consents.
  static let restrictions: [String: ConsentRecord.Kind] = [
    "hipaa-restrictions": .agreed, "HIPAARestrictions": .agreed, "hipaa-self-pay": .paidInFull,
    "HIPAASelfPay": .paidInFull,
  ]

  /// Whether a coding is of a system of HL7, or does not say of which.
  static func isOfHL7(_ coding: JSONValue) -> Bool {
    guard let system = coding["system"] else { return true }
    let known = [
      "http://terminology.hl7.org/CodeSystem/", "http://hl7.org/fhir/", "http://terminology.hl7.org/ValueSet/",
      "urn:oid:2.16.840.1.113883.5.",
    ]
    return system.string.map { system in known.contains { system.hasPrefix($0) } } ?? false
  }

  /// Throws where the rule or the law of a resource is none that is known: it would be left out.
  static func checkRules(of json: JSONValue) throws(ConsentFault) {
    let laws = Set(authorizing.keys).union(restrictions.keys)
    for (name, known) in [("policyRule", laws.union(denying).union(permitting)), ("regulatoryBasis", laws)] {
      guard let value = json[name] else { continue }
      let concepts = value.array ?? [value]
      let codings = concepts.map { $0["coding"]?.array ?? [] }
      let isKnown = codings.allSatisfy { codings in
        !codings.isEmpty
          && codings.allSatisfy { isOfHL7($0) && $0["code"]?.string.map { known.contains($0) } ?? false }
      }
      guard !concepts.isEmpty, isKnown else { throw ConsentFault(name, "has a code that is not understood, or none") }
    }
    guard (json["policyBasis"]?.codes ?? []).isSubset(of: laws) else {
      throw ConsentFault("policyBasis", "has a code that is not understood")
    }
  }
}

extension JSONValue {
  /// The elements of a member, as FHIR has lists: none where it is not there; what is no list is refused.
  func elements(_ name: String, at path: String) throws(ConsentFault) -> [JSONValue] {
    guard let value = self[name] else { return [] }
    guard let elements = value.array, (1...256).contains(elements.count),
      elements.allSatisfy({ $0.members?.contains { $0.name == "modifierExtension" } == false })
    else { throw ConsentFault("\(path).\(name)", "must be a list of objects, without modifier extensions") }
    return elements
  }

  /// The first and the last day of a period.
  func period(_ name: String, at path: String) throws(ConsentFault) -> (CalendarDate?, CalendarDate?) {
    guard let value = self[name] else { return (nil, nil) }
    guard let members = value.members, members.allSatisfy({ ["id", "start", "end"].contains($0.name) }) else {
      throw ConsentFault("\(path).\(name)", "is no period")
    }
    return (try value.date("start", at: "\(path).\(name)"), try value.date("end", at: "\(path).\(name)"))
  }

  /// The day of a date or a time; one that has none is refused.
  func date(_ name: String, at path: String) throws(ConsentFault) -> CalendarDate? {
    guard let value = self[name] else { return nil }
    guard let text = value.string, text.utf8.count == 10 || text.utf8.dropFirst(10).first == UInt8(ascii: "T"),
      let date = CalendarDate(text.prefix(10))
    else { throw ConsentFault("\(path).\(name)", "must have a day") }
    return date
  }

  /// The codes of a concept, or of a list of them.
  var codes: Set<String> {
    Set(((array ?? [self]).flatMap { $0["coding"]?.array ?? [] }).compactMap { $0["code"]?.string })
  }
}
