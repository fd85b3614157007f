import Bytes

extension AccessEndpoint {
  /// What descriptions call it.
  var operationID: String {
    switch self {
    case .evaluation: "accessEvaluation"
    case .evaluations: "accessEvaluations"
    case .subjects: "subjectSearch"
    case .resources: "resourceSearch"
    case .actions: "actionSearch"
    }
  }

  /// The Request Body Object of OpenAPI.
  var describedRequest: JSONValue {
    var properties = [JSONMember("context", ["type": ["object", "null"]])]
    properties += [
      JSONMember("subject", Self.named(self == .subjects ? ["type"] : ["type", "id"])),
      JSONMember("action", Self.named(["name"])),
      JSONMember("resource", Self.named(self == .resources ? ["type"] : ["type", "id"])),
    ].filter { !(self == .actions && $0.name == "action") }
    var required: [JSONValue] = ["subject", "resource"]
    switch self {
    case .evaluation, .subjects, .resources: required.append("action")
    case .evaluations:
      required = []
      properties.append(JSONMember("evaluations", ["type": "array", "items": ["type": "object"]]))
      properties.append(JSONMember("options", ["type": "object"]))
    case .actions: break
    }
    if [.subjects, .resources, .actions].contains(self) {
      properties.append(
        JSONMember("page", ["type": "object", "properties": ["token": InterfaceDescription.text]]))
    }
    let schema: JSONValue = [
      "type": "object", "required": .array(required), "properties": .object(properties),
    ]
    return ["required": true, "content": ["application/json": ["schema": schema]]]
  }

  private static func named(_ members: [String]) -> JSONValue {
    [
      "type": "object", "required": .array(members.map { .string($0) }),
      "properties": .object(members.map { JSONMember($0, ["type": "string", "minLength": 1]) }),
    ]
  }
}
