package import Bytes
import PHI

/// What one Consent of FHIR R4 or R5 says, as records for the register.
package struct FHIRConsent: Sendable {
  /// What an officer says of the documents beside them.
  package struct Terms: Sendable {
    /// Which vendor, or `caller:NAME`, a reference or an identifier in them is.
    package var recipients: [String: String]
    /// What the signed forms state (45 CFR 164.508(c)(2)); FHIR has no place for it.
    package var statements: Set<Authorization.Statement>
    /// Whether patients are named by their identifiers, `system|value`, rather than by references.
    package var byIdentifier: Bool
    /// What tells the server of the documents from others, whose resources may have the same ids; nil where there is one.
    package var server: String?

    package init(
      recipients: [String: String] = [:], statements: Set<Authorization.Statement> = [], byIdentifier: Bool = false,
      server: String? = nil
    ) {
      (self.recipients, self.statements, self.byIdentifier) = (recipients, statements, byIdentifier)
      self.server = server
    }
  }

  /// Of whom and from where a resource is.
  package struct Origin: Hashable, Sendable {
    /// The patient, as requests are to name them.
    package let patient: String
    /// The document, to tell a newer version of it by.
    package let source: String
    package let edition: ConsentEdition

    /// What a resource says of it, also one that is refused otherwise.
    package init(of json: JSONValue, _ terms: Terms) throws(ConsentFault) {
      guard json["resourceType"] == "Consent" else { throw ConsentFault("resourceType", "is not Consent") }
      patient = try FHIRConsent.patient(json, terms)
      let own = try FHIRConsent.source(json)
      source = terms.server.map { "\($0) \(own)" } ?? own
      edition = ConsentEdition(of: json)
    }
  }

  package let origin: Origin
  /// What it comes to; none of one that is over, or that only permits what nobody has to authorize.
  package let records: [ConsentRecord]

  private static let mostRecords = 256
  private static let members: Set<String> = [
    "resourceType", "id", "meta", "language", "text", "contained", "extension", "identifier", "status", "scope",
    "category",
    "patient", "dateTime", "performer", "organization", "sourceAttachment", "sourceReference", "policy", "policyRule",
    "verification", "provision", "subject", "date", "period", "grantor", "grantee", "manager", "controller",
    "regulatoryBasis", "policyBasis", "policyText", "decision",
  ]

  /// What a resource says.
  ///
  /// - Parameters:
  ///   - json: the resource.
  ///   - terms: what is said of it beside.
  ///   - milliseconds: now, since 1970.
  ///   - newID: gives an id for a record.
  /// - Throws: all that is wrong; nothing of it counts then. What is not understood is never left out.
  package init(
    _ json: JSONValue, _ terms: Terms, at milliseconds: Int64, newID: () -> String
  ) throws(ConsentFault) {
    guard let members = json.members, json["resourceType"] == "Consent" else {
      throw ConsentFault("resourceType", "is not Consent")
    }
    guard members.allSatisfy({ Self.members.contains($0.name) }), Set(members.map(\.name)).count == members.count
    else { throw ConsentFault("Consent", "has a member that is not understood, or one twice") }
    origin = try Origin(of: json, terms)
    guard let status = json["status"]?.string, ["active", "inactive", "entered-in-error"].contains(status) else {
      throw ConsentFault("status", "must be active, inactive or entered-in-error")
    }
    guard status == "active" else {
      records = []
      return
    }
    if let scope = json["scope"], scope.codes.isDisjoint(with: ["patient-privacy", "research"]) {
      throw ConsentFault("scope", "is not patient-privacy or research")
    }
    try FHIRCodes.checkRules(of: json)
    let rules = try Self.rules(json, terms)
    var records: [ConsentRecord] = []
    for rule in rules {
      try Self.add(rule, of: json, terms, origin.source, milliseconds, newID, to: &records)
    }
    guard records.count <= Self.mostRecords else {
      throw ConsentFault("provision", "comes to more than \(Self.mostRecords) records")
    }
    let authorized = Set(records.filter(\.isAuthorization).flatMap(\.scope.classes))
    guard !authorized.contains("psychotherapy") || authorized.count == 1 else {
      throw ConsentFault(Authorization.compound)
    }
    self.records = records
  }

  private static func patient(_ json: JSONValue, _ terms: Terms) throws(ConsentFault) -> String {
    guard json["patient"] == nil || json["subject"] == nil else {
      throw ConsentFault("subject", "is there beside `patient`")
    }
    let named = json["patient"] ?? json["subject"]
    let identifier = named?["identifier"]
    let byIdentifier = identifier?["value"]?.string.map { value in
      identifier?["system"]?.string.map { "\($0)|\(value)" } ?? value
    }
    let text = terms.byIdentifier ? byIdentifier : named?["reference"]?.string ?? byIdentifier
    guard let reference = text.flatMap(RequestParties.reference) else {
      throw ConsentFault(json["patient"] == nil ? "subject" : "patient", "must name the patient")
    }
    // What is contained, or named within one Bundle only, is somebody else in each.
    guard terms.byIdentifier || !reference.hasPrefix("#") && !reference.hasPrefix("urn:uuid:"),
      !reference.utf8.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual("_history".utf8) })
    else {
      throw ConsentFault(
        json["patient"] == nil ? "subject" : "patient", "is named within the document, or in one version of it, only")
    }
    return reference
  }

  private static func source(_ json: JSONValue) throws(ConsentFault) -> String {
    if let id = json["id"]?.element { return "Consent/\(id)" }
    let identifier = json["identifier"]?.array?.first
    guard let value = identifier?["value"]?.element else {
      throw ConsentFault("id", "is missing, and there is no identifier: nobody could tell a newer version by it")
    }
    return "\(identifier?["system"]?.string ?? "")|\(value)"
  }

  /// What a resource denies and permits, at the top.
  private static func rules(_ json: JSONValue, _ terms: Terms) throws(ConsentFault) -> [FHIRProvision] {
    let isR5 = json["decision"] != nil || json["subject"] != nil || json["provision"]?.array != nil
    return isR5 ? try alternatingRules(json, terms) : try typedRules(json, terms)
  }

  private static func alternatingRules(_ json: JSONValue, _ terms: Terms) throws(ConsentFault) -> [FHIRProvision] {
    let decision: FHIRProvision.Decision
    switch json["decision"]?.string {
    case "permit": decision = .permit
    case "deny": decision = .deny
    default: throw ConsentFault("decision", "must be `permit` or `deny`")
    }
    let (begins, expires) = try json.period("period", at: "Consent")
    var base = FHIRProvision(everything: decision, except: [], from: begins, until: expires)
    let other: FHIRProvision.Decision = decision == .permit ? .deny : .permit
    for (place, child) in try json.elements("provision", at: "Consent").enumerated() {
      guard child["type"] == nil else { throw ConsentFault("provision[\(place)].type", "is not of this version") }
      base.children.append(
        try FHIRProvision(
          child, other, in: base, .alternating, naming: terms.recipients, at: "provision[\(place)]"))
    }
    return [base]
  }

  private static func typedRules(_ json: JSONValue, _ terms: Terms) throws(ConsentFault) -> [FHIRProvision] {
    let rules = json["policyRule"]?.codes ?? []
    let denies = !rules.isDisjoint(with: FHIRCodes.denying)
    let permits = !rules.isDisjoint(with: FHIRCodes.permitting)
    guard !(denies && permits) else { throw ConsentFault("policyRule", "denies and permits") }
    guard let root = json["provision"] else {
      guard denies || permits else { throw ConsentFault("provision", "is missing, and `policyRule` decides nothing") }
      return [FHIRProvision(everything: denies ? .deny : .permit, except: [], from: nil, until: nil)]
    }
    let decision: FHIRProvision.Decision
    switch root["type"]?.string {
    case "permit": decision = .permit
    case "deny": decision = .deny
    default:
      guard root["type"] == nil, denies || permits else {
        throw ConsentFault("provision.type", "must be `permit` or `deny`, where `policyRule` decides nothing")
      }
      decision = try untyped(root, denies: denies)
    }
    let rule = try FHIRProvision(root, decision, in: nil, .typed, naming: terms.recipients, at: "provision")
    guard denies, root["type"] != nil else { return [rule] }
    // By the rule nothing is permitted; what the provision permits is excepted from that.
    return [FHIRProvision(everything: .deny, except: [rule], from: nil, until: nil)]
  }

  /// What an R4 root without a type is taken for.
  ///
  /// By the standard it is an exception from what `policyRule` says; by many who write it, what holds the others. Only what
  /// denies by either, or denies by the standard alone, is taken.
  private static func untyped(_ root: JSONValue, denies: Bool) throws(ConsentFault) -> FHIRProvision.Decision {
    let names = Set((root.members ?? []).map(\.name)).subtracting(["id", "extension"])
    if names.isSubset(of: ["provision"]), denies || !names.isEmpty { return denies ? .deny : .permit }
    let isNarrow = !names.isDisjoint(with: ["actor", "purpose", "securityLabel"])
    guard !denies, isNarrow, !names.contains("provision") else {
      throw ConsentFault(
        "provision.type", "is missing, and `policyRule` leaves open whether this is permitted or denied")
    }
    return .deny
  }

  /// Takes in the records that a rule comes to, with those of the rules in it.
  private static func add(
    _ rule: FHIRProvision, of json: JSONValue, _ terms: Terms, _ source: String, _ milliseconds: Int64,
    _ newID: () -> String, to records: inout [ConsentRecord]
  ) throws(ConsentFault) {
    let laws = ["policyRule", "regulatoryBasis", "policyBasis"].reduce(into: Set<String>()) {
      $0.formUnion(json[$1]?.codes ?? [])
    }
    switch rule.decision {
    case .deny:
      var exceptions: [ConsentScope] = []
      for child in rule.children where child.decision == .permit && child.isAboutUse {
        guard child.begins == rule.begins, child.expires == rule.expires else {
          throw ConsentFault("\(child.path).period", "excepts something from a denial for a time")
        }
        guard !child.scope.forEverybody.isAsWide(as: rule.scope.forEverybody) else {
          throw ConsentFault(child.path, "permits all that is denied around it")
        }
        exceptions.append(child.scope.forEverybody)
      }
      let kind = laws.lazy.compactMap { FHIRCodes.restrictions[$0] }.first ?? .withheld
      let signed = try json.date(json["dateTime"] == nil ? "date" : "dateTime", at: "Consent")
      let today = CalendarDate(secondsSinceEpoch: milliseconds / 1_000)
      let begins = rule.begins ?? min(signed ?? today, today)
      guard rule.expires.map({ begins <= $0 }) ?? true else {
        throw ConsentFault("\(rule.path).period", "ends before it begins")
      }
      records.append(
        ConsentRecord(
          id: newID(), kind, of: rule.scope.forEverybody, except: exceptions, from: begins, until: rule.expires,
          source: source, recorded: milliseconds))
    case .permit:
      let names = laws.compactMap { FHIRCodes.authorizing[$0] }
      // What a permit excepts from a base that denies nothing, and no law wants signed, gives nobody anything to record.
      if !names.isEmpty, rule.isAboutUse, !rule.scope.isEverything {
        if let inner = rule.children.first(where: { $0.decision == .permit }) {
          throw ConsentFault(inner.path, "permits something in what is permitted, under a law that wants it signed")
        }
        guard json["verification"]?.array?.contains(where: { $0["verified"] == .bool(false) }) != true else {
          throw ConsentFault("verification", "says that it was not verified")
        }
        let form = authorization(
          rule, of: json, terms, naming: names.reduce(into: Set<String>()) { $0.formUnion($1) })
        records.append(
          try ConsentRecord(form, id: newID(), source: source, recorded: milliseconds, today: nil))
      }
    }
    for child in rule.children { try add(child, of: json, terms, source, milliseconds, newID, to: &records) }
  }

  /// The form of an authorization that a permit is, with what the resource says of it; what it does not say is missing.
  private static func authorization(
    _ rule: FHIRProvision, of json: JSONValue, _ terms: Terms, naming names: Set<String>
  ) -> JSONValue {
    func list(_ texts: some Sequence<String>) -> JSONValue { .array(texts.sorted().map { .string($0) }) }
    func said(_ reference: JSONValue?) -> String? { reference?["reference"]?.string ?? reference?["display"]?.string }
    var members = [JSONMember("record", "authorization")] + rule.scope.members
    let classes = rule.scope.classes.sorted().joined(separator: ", ")
    members.append(JSONMember("description", .string(json["sourceAttachment"]?["title"]?.string ?? classes)))
    let disclosers = ["organization", "controller", "manager"].flatMap { json[$0]?.array ?? [] }.compactMap(said)
    members.append(JSONMember("by", list(disclosers)))
    members.append(JSONMember("purpose", .string(rule.scope.purposes.sorted().joined(separator: ", "))))
    if let expires = rule.expires { members.append(JSONMember("expires", .string(expires.description))) }
    if let begins = rule.begins { members.append(JSONMember("begins", .string(begins.description))) }
    var signature: [JSONMember] = []
    if let day = (json["dateTime"] ?? json["date"])?.string {
      signature.append(JSONMember("on", .string(String(day.prefix(10)))))
    }
    let signer = (json["performer"] ?? json["grantor"])?.array?.compactMap(said).first
    let patient = said(json["patient"] ?? json["subject"])
    // By which authority somebody else signs, a reference does not say.
    if let signer { signature.append(JSONMember("by", signer == patient ? "patient" : "representative")) }
    members.append(JSONMember("signed", .object(signature)))
    members.append(JSONMember("states", list(terms.statements.map(\.rawValue))))
    if !names.isEmpty { members.append(JSONMember("consents", list(names))) }
    return .object(members)
  }
}

extension ConsentScope {
  /// The same; where it names nobody, of everybody.
  fileprivate var forEverybody: ConsentScope {
    var scope = self
    if scope.recipients.isEmpty { scope.recipients = [Self.everybody] }
    return scope
  }

  /// Whether it says nothing of what it is about.
  fileprivate var isEverything: Bool { recipients == [Self.everybody] && purposes.isEmpty && classes.isEmpty }

  /// Whether nothing of another is outside of it.
  fileprivate func isAsWide(as other: ConsentScope) -> Bool {
    func holds(_ all: Set<String>, _ some: Set<String>) -> Bool {
      all.isEmpty || !some.isEmpty && some.isSubset(of: all)
    }
    return (recipients.contains(Self.everybody) || other.recipients.isSubset(of: recipients))
      && holds(purposes, other.purposes) && holds(classes, other.classes)
  }
}

extension FHIRConsent {
  /// The resources of a document: one, those of a Bundle, or one a line (NDJSON); of what is none of them, why.
  ///
  /// - Throws: where the document is none, or a Bundle of another type: a history has what is over, too.
  package static func resources(in document: [UInt8]) throws(ConsentFault) -> [Result<JSONValue, ConsentFault>] {
    if let json = try? JSONValue(parsing: document) {
      guard json["resourceType"] == "Bundle" else { return [.success(json)] }
      guard let type = json["type"]?.string, bundles.contains(type) else {
        throw ConsentFault("type", "is none of \(bundles.sorted().joined(separator: ", "))")
      }
      guard let entries = json["entry"]?.array ?? (json["entry"] == nil ? [] : nil) else {
        throw ConsentFault("entry", "must be a list")
      }
      return entries.enumerated().map { place, entry in
        let method = entry["request"]?["method"]?.string
        guard let resource = entry["resource"], method == nil || method == "PUT" || method == "POST" else {
          return .failure(ConsentFault("entry[\(place)]", "puts no resource there"))
        }
        return .success(resource)
      }
    }
    let lines = document.split(separator: 0x0A).filter { !$0.allSatisfy { $0 <= 0x20 } }
    let resources = lines.enumerated().map { place, line -> Result<JSONValue, ConsentFault> in
      guard let json = try? JSONValue(parsing: Array(line)) else {
        return .failure(ConsentFault("line \(place + 1)", "is no JSON"))
      }
      return .success(json)
    }
    guard resources.contains(where: { (try? $0.get()) != nil }) else {
      throw ConsentFault("document", "holds no resource")
    }
    return resources
  }

  private static let bundles: Set<String> = ["collection", "searchset", "batch", "transaction", "document"]
}
