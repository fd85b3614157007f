import Bytes
import Ciphers

extension AuditRecord {
  /// The names under which a record carries its place, in the formats that have pairs of names and values.
  enum PlaceName {
    static let origin = "log_origin"
    static let index = "log_index"
    static let leaf = "log_leaf"
    static let checkpointSize = "log_checkpoint_size"
  }

  /// The place of the record as pairs of names and values.
  var placeDetails: [Detail] {
    [
      Detail(name: PlaceName.origin, value: place.origin),
      Detail(name: PlaceName.index, value: String(place.index)),
      Detail(name: PlaceName.leaf, value: place.leaf.description),
      Detail(name: PlaceName.checkpointSize, value: String(place.checkpointSize)),
    ]
  }

  /// What has no place of its own in formats for medicine.
  var remainder: [Detail] { (status.map { [Detail(name: "status", value: String($0))] } ?? []) + details }

  /// The record as an `AuditMessage` of DICOM PS3.15 A.5.
  var dicom: XMLElement {
    XMLElement(
      "AuditMessage", [:],
      [
        XMLElement(
          "EventIdentification",
          [
            "EventActionCode": nature.action.rawValue, "EventDateTime": time.description,
            "EventOutcomeIndicator": result.rawValue,
          ], identification)
      ] + participants.map(activeParticipant) + [
        XMLElement(
          "AuditSourceIdentification", ["AuditEnterpriseSiteID": place.origin, "AuditSourceID": server ?? "cordon"],
          [XMLElement("AuditSourceTypeCode", ["csd-code": "4"])])
      ] + participantObjects)
  }

  private var identification: [XMLElement] {
    var elements = [code("EventID", nature.family.rawValue, "DCM", nature.family.meaning)]
    if let kind = nature.kind { elements.append(code("EventTypeCode", kind.rawValue, "DCM", kind.meaning)) }
    elements.append(code("EventTypeCode", event.rawValue, "Cordon", event.rawValue))
    if let explanation { elements.append(XMLElement("EventOutcomeDescription", text: explanation)) }
    return elements
  }

  private func code(_ name: String, _ code: String, _ system: String, _ meaning: String) -> XMLElement {
    XMLElement(name, ["csd-code": code, "codeSystemName": system, "originalText": meaning])
  }

  private func activeParticipant(_ participant: AuditParticipant) -> XMLElement {
    let role: XMLElement? =
      switch participant.role {
      case .source: code("RoleIDCode", "110153", "DCM", "Source Role ID")
      case .destination: code("RoleIDCode", "110152", "DCM", "Destination Role ID")
      case .application: code("RoleIDCode", "110150", "DCM", "Application")
      case .user: nil
      case .responsible: code("RoleIDCode", "RESP", "2.16.840.1.113883.5.90", "responsible party")
      }
    return XMLElement(
      "ActiveParticipant",
      [
        "UserID": participant.name, "UserIsRequestor": participant.isRequestor ? "true" : "false",
        "NetworkAccessPointID": participant.machine,
        "NetworkAccessPointTypeCode": participant.machine == nil ? nil : "1",
      ], [role].compactMap(\.self))
  }

  private var participantObjects: [XMLElement] {
    let purposes = purpose.map { [Detail(name: "purpose", value: $0)] } ?? []
    var objects = [
      object(String(place.index), "entry", "Entry of the log", role: "17", placeDetails + purposes + remainder)
    ]
    if let request { objects.append(object(request, "request", "Request", role: "20")) }
    if let sent { objects.append(object(sent, "sent", "Hash of the ciphertext of what was sent", role: "24")) }
    objects += subjects.map { object($0, "subject", "Tag of a subject", type: "1", role: "1") }
    if let acted = self.object {
      objects.append(object(acted, "object", "Object of an administrative act", role: "13"))
    }
    return objects
  }

  private func object(
    _ id: String, _ kind: String, _ meaning: String, type: String = "2", role: String, _ details: [Detail] = []
  ) -> XMLElement {
    XMLElement(
      "ParticipantObjectIdentification",
      ["ParticipantObjectID": id, "ParticipantObjectTypeCode": type, "ParticipantObjectTypeCodeRole": role],
      [
        code("ParticipantObjectIDTypeCode", kind, "Cordon", meaning),
        XMLElement("ParticipantObjectName", text: id),
      ]
        + details.map { detail in
          XMLElement(
            "ParticipantObjectDetail", ["type": detail.name, "value": Base64.encode(Array(detail.value.utf8))])
        })
  }
}
