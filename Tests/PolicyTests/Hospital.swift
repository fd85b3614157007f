import Bytes
import Policy

/// A hospital with one person for each role, for trying the default policies.
struct Hospital {
  let schema: Schema
  let policies: PolicySet
  let entities: Entities
  let roles: [String]
  let classes: [String]

  init() throws {
    schema = try Schema(source: SourceTree.bytes("Sources/EmbeddedPolicies/hospital.cedarschema"))
    policies = try PolicySet(parsing: SourceTree.bytes("Sources/EmbeddedPolicies/hospital.cedar")).namedByAnnotation()
    roles = (schema.entityTypes["Role"]?.choices ?? []).map(\.string)
    classes = (schema.entityTypes["DataClass"]?.choices ?? []).map(\.string)
    var list: [JSONValue] = []
    for role in roles {
      list.append(Hospital.entity("Person", role, ["environment": "production"], in: [("Role", role)]))
    }
    for (name, agreement, trains, region) in [
      ("good", true, false, "us"), ("no-agreement", false, false, "us"), ("trains", true, true, "us"),
      ("abroad", true, false, "eu"),
    ] {
      list.append(
        Hospital.entity(
          "Vendor", name,
          [
            "agreement": .bool(agreement), "trainsOnInput": .bool(trains), "inside": false, "region": .string(region),
          ]))
      list.append(Hospital.entity("Model", name, ["vendor": Hospital.name("Vendor", name)], in: [("Vendor", name)]))
      list.append(
        Hospital.entity(
          "Route", name,
          [
            "model": Hospital.name("Model", name), "environment": "production", "showsIdentifiers": true,
            "approval": "2026-017",
          ], in: [("Model", name)]))
      list.append(
        Hospital.entity(
          "Tool", name,
          [
            "vendor": Hospital.name("Vendor", name), "name": "find", "environment": "production",
            "approval": "2026-017",
          ], in: [("Vendor", name)]))
    }
    for name in classes {
      list.append(
        Hospital.entity(
          "Dataset", name,
          [
            "classes": [Hospital.name("DataClass", name)], "environment": "production",
            "assigned": [Hospital.name("Person", "data-scientist")],
          ]))
    }
    list.append(Hospital.entity("Answer", "answer", ["asker": Hospital.name("Person", "clinician")]))
    list.append(Hospital.entity("Conversation", "answer", ["asker": Hospital.name("Person", "clinician")]))
    entities = try Entities(json: .array(list), schema: schema)
  }

  private static func name(_ type: String, _ id: String) -> JSONValue { ["type": .string(type), "id": .string(id)] }

  private static func entity(
    _ type: String, _ id: String, _ attributes: JSONValue, in parents: [(String, String)] = []
  ) -> JSONValue {
    ["uid": name(type, id), "attrs": attributes, "parents": .array(parents.map { name($0.0, $0.1) })]
  }

  private var circumstances: Value {
    .record(["mfa": .bool(true), "managedDevice": .bool(true), "now": .moment(Moment(milliseconds: 1_795_219_200_000))])
  }

  /// A request that nothing but its role, action, class and purpose speaks against; what follows a space in an action says
  /// of what.
  func request(_ role: String, _ action: String, _ dataClass: String, purpose: Text) -> AccessRequest {
    let name = String(dataClass.prefix { $0 != " " })
    let resource: EntityUID =
      switch action {
      case "ask", "see-identifiers": uid("Route::good")
      case "use-tool", "see-identifiers of a tool": uid("Tool::good")
      case "review": uid("Answer::answer")
      case "read-conversation": uid("Conversation::answer")
      default: uid("Dataset::\(name)")
      }
    let consents: Set<Value> =
      switch dataClass {
      case "substance-use with consent": [.string("42CFR2")]
      case "psychotherapy with authorization": [.string("psychotherapy")]
      default: []
      }
    return AccessRequest(
      principal: uid("Person::\(role)"), action: uid("Action::\(action.prefix { $0 != " " })"),
      resource: resource,
      context: [
        "purpose": .string(purpose), "classes": .set([.entity(uid("DataClass::\(name)"))]),
        "confidentiality": .string("N"), "consents": .set(consents), "restricted": .bool(false),
        "useCase": .string("summarize"), "found": .set([]), "shown": .set([]), "circumstances": circumstances,
      ])
  }

  /// A request to give somebody one more role.
  func grant(_ role: String, to holder: String, by granter: String) -> AccessRequest {
    AccessRequest(
      principal: uid("Person::\(granter)"), action: uid("Action::grant-role"), resource: uid("Person::\(holder)"),
      context: ["role": .entity(uid("Role::\(role)")), "circumstances": circumstances])
  }
}
