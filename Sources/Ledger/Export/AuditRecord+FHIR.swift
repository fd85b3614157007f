import Bytes
import Ciphers

/// The code systems that an `AuditEvent` of Cordon uses.
private enum Vocabulary {
  static let dicom = "http://dicom.nema.org/resources/ontology/DCM"
  static let outcome = "http://terminology.hl7.org/CodeSystem/audit-event-outcome"
  static let entityType = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
  static let objectRole = "http://terminology.hl7.org/CodeSystem/object-role"
  static let participation = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
  static let purposeOfUse = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
  static let sourceType = "http://terminology.hl7.org/CodeSystem/security-source-type"
  static let transaction = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType"
  static let event = "https://cordon.invalid/fhir/CodeSystem/event"

  static func coding(_ system: String, _ code: String, _ display: String? = nil) -> JSONValue {
    JSONValue(members: ["system": .string(system), "code": .string(code), "display": .text(display)])
  }

  static func concept(_ coding: JSONValue) -> JSONValue { JSONValue(members: ["coding": .array([coding])]) }
}

extension AuditRecord {
  /// The record as an `AuditEvent` of FHIR R4, in the patterns of IHE BALP.
  ///
  /// It claims none of BALP's profiles: those are of RESTful transactions, tokens and disclosures with a named patient,
  /// and demand network addresses that the log does not keep.
  var fhir: JSONValue {
    JSONValue(members: [
      "resourceType": "AuditEvent",
      "id": .string("\(place.index)-\(place.leaf.description.prefix(32))"),
      "type": Vocabulary.coding(Vocabulary.dicom, nature.family.rawValue, nature.family.meaning),
      "subtype": .array(subtypes),
      "action": .string(nature.action.rawValue),
      "recorded": .string(time.description),
      "outcome": .string(result.rawValue),
      "outcomeDesc": .text(explanation),
      "purposeOfEvent": purposeOfUse.map { .array([$0]) },
      "agent": .array(participants.map(agent)),
      "source": JSONValue(members: [
        "site": .text(place.origin),
        "observer": reference(server ?? "cordon", kind: "server", type: "Device"),
        "type": .array([Vocabulary.coding(Vocabulary.sourceType, "4", "Application Server")]),
      ]),
      "entity": .array(entities),
    ])
  }

  private var subtypes: [JSONValue] {
    let kind = nature.kind.map { Vocabulary.coding(Vocabulary.dicom, $0.rawValue, $0.meaning) }
    return [kind, Vocabulary.coding(Vocabulary.event, event.rawValue)].compactMap(\.self)
  }

  /// A purpose as the code of HL7 v3 ActReason that it is by configuration; as text when it cannot be a code.
  private var purposeOfUse: JSONValue? {
    guard let purpose, !purpose.isEmpty else { return nil }
    let isCode = purpose.utf8.allSatisfy { ASCII.isAlphanumeric($0) || $0 == 0x2D }
    return isCode
      ? Vocabulary.concept(Vocabulary.coding(Vocabulary.purposeOfUse, purpose))
      : JSONValue(members: ["text": .string(purpose)])
  }

  /// A reference by identifier: the log has no addresses of resources.
  private func reference(_ value: String, kind: String, type: String? = nil) -> JSONValue {
    JSONValue(members: [
      "type": .text(type),
      "identifier": JSONValue(members: [
        "system": .string("https://\(place.origin)#\(kind)"), "value": .text(value),
      ]),
    ])
  }

  private func agent(_ participant: AuditParticipant) -> JSONValue {
    let (type, kind, resource): (JSONValue, String, String?) =
      switch participant.role {
      case .source: (Vocabulary.coding(Vocabulary.dicom, "110153", "Source Role ID"), "system", nil)
      case .destination: (Vocabulary.coding(Vocabulary.dicom, "110152", "Destination Role ID"), "system", nil)
      case .application: (Vocabulary.coding(Vocabulary.dicom, "110150", "Application"), "server", "Device")
      case .user: (Vocabulary.coding(Vocabulary.participation, "IRCP", "information recipient"), "person", nil)
      case .responsible: (Vocabulary.coding(Vocabulary.participation, "RESP", "responsible party"), "person", nil)
      }
    return JSONValue(members: [
      "type": Vocabulary.concept(type),
      "who": reference(participant.name, kind: kind, type: resource),
      "requestor": .bool(participant.isRequestor),
      "network": participant.machine.map {
        JSONValue(members: ["address": .text($0), "type": "1"])
      },
      "purposeOfUse": participant.role == .user ? purposeOfUse.map { .array([$0]) } : nil,
    ])
  }

  private var entities: [JSONValue] {
    var all = [
      entity(String(place.index), kind: "entry", role: ("17", "Data Repository"), details: placeDetails + remainder)
    ]
    if let request {
      all.append(
        JSONValue(members: [
          "what": reference(request, kind: "request"),
          "type": Vocabulary.coding(Vocabulary.transaction, "XrequestId"),
        ]))
    }
    if let sent { all.append(entity(sent, kind: "sent", role: ("24", "Query"))) }
    all += subjects.map { subject in
      JSONValue(members: [
        "what": reference(subject, kind: "subject", type: "Patient"),
        "type": Vocabulary.coding(Vocabulary.entityType, "1", "Person"),
        "role": Vocabulary.coding(Vocabulary.objectRole, "1", "Patient"),
      ])
    }
    if let object { all.append(entity(object, kind: "object", role: ("13", "Security Resource"))) }
    return all
  }

  private func entity(
    _ value: String, kind: String, role: (code: String, display: String), details: [Detail] = []
  ) -> JSONValue {
    JSONValue(members: [
      "what": reference(value, kind: kind),
      "type": Vocabulary.coding(Vocabulary.entityType, "2", "System Object"),
      "role": Vocabulary.coding(Vocabulary.objectRole, role.code, role.display),
      "detail": .list(
        details.compactMap { detail in
          guard !detail.name.isEmpty, !detail.value.isEmpty else { return nil }
          return JSONValue(members: ["type": .string(detail.name), "valueString": .string(detail.value)])
        }),
    ])
  }
}
