import Bytes
import Providers

extension Operation {
  /// The headers that requests for it may have.
  var describedHeaders: [JSONValue] {
    var headers = [Self.useCaseHeader] + Self.partyHeaders + [Self.priorityHeader, Self.preferHeader]
    if dialect == .anthropic { headers += Self.versionHeaders }
    return headers
  }

  static let versionHeaders = [
    header(
      InterfaceVersion.dayHeader, "The day of the interface, such as 2023-06-01",
      matching: "^202[3-5]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"),
    header(
      InterfaceVersion.featuresHeader, "Features of the interface, with commas between",
      matching: "^[a-z0-9-]+(,[a-z0-9-]+)*$"),
  ]

  static let useCaseHeader = header(
    "x-cordon-use-case", "The use case; without it, the caller's first is taken", matching: "^[A-Za-z0-9._-]+$")

  static let priorityHeader = header(
    Priority.header, "`batch` where nobody waits for the answer", matching: "^(interactive|batch)$")

  static let preferHeader = header(
    "prefer", "`respond-async` where the answer may come later, if the use case lets it", matching: "^respond-async$")

  static let partyHeaders = [
    header(ModelCall.patientHeader, "The patient whom the request is about", matching: visible),
    header(ModelCall.userHeader, "The member of the workforce for whom it is made", matching: visible),
    header(
      ModelCall.sensitivityHeader, "What it holds of what may have to stay inside, with commas between",
      matching: "^(\(classes))(, ?(\(classes)))*$"),
  ]

  /// The Request Body Object: what the gateway itself reads; what else there is goes to the vendor, searched.
  var describedRequest: JSONValue {
    var properties = [
      JSONMember("model", ["type": "string", "pattern": "^[A-Za-z0-9+./:@_-]+$", "maxLength": 96]),
      JSONMember("cordon", Self.gatewayMember),
    ]
    if streams { properties.append(JSONMember("stream", ["type": ["boolean", "null"]])) }
    properties += texts
    let schema: JSONValue = ["type": "object", "required": ["model"], "properties": .object(properties)]
    return ["required": true, "content": ["application/json": ["schema": schema]]]
  }

  /// The Responses Object.
  var describedResponses: [JSONMember] {
    var bodies: [(type: String, schema: JSONValue)] = [
      ("application/json", ["type": "object", "required": .array([.string(answered)])])
    ]
    if streams { bodies.append(("text/event-stream", [:])) }
    let shape = dialect == .anthropic ? "AnthropicError" : "OpenAIError"
    let later: [(type: String, schema: JSONValue)] = [("application/json", ["type": "object", "required": ["id"]])]
    return [
      .response(200, "The answer, restored", bodies), .response(202, "The request is carried out later", later),
    ] + Failure.statuses.map { .failure($0, [shape]) }
  }

  /// What a request says to the gateway alone.
  private static let gatewayMember: JSONValue = [
    "type": ["object", "null"], "additionalProperties": false,
    "properties": [
      "known": ["type": "object"], "patient": party, "user": party,
      "sensitivity": ["type": "array", "items": ["type": "string", "enum": .array(sensitive)]],
    ],
  ]

  private static let sensitive = SensitiveClass.allCases.map { JSONValue.string($0.rawValue) }
  private static let classes = SensitiveClass.allCases.map(\.rawValue).joined(separator: "|")

  private static let party: JSONValue = ["type": "string", "pattern": .string(visible), "maxLength": 200]

  private static func header(_ name: String, _ what: String, matching pattern: String) -> JSONValue {
    [
      "name": .string(name), "in": "header", "description": .string(what),
      "schema": ["type": "string", "pattern": .string(pattern), "maxLength": 200],
    ]
  }

  /// Characters that can be seen, and spaces between them.
  private static let visible = "^[!-~]([ -~]*[!-~])?$"

  /// Whether it is answered in events when a request asks for them.
  private var streams: Bool {
    switch self {
    case .chatCompletions, .completions, .responses, .messages: true
    case .embeddings, .moderations, .countTokens: false
    }
  }

  /// The members of a request in which most of its text is.
  private var texts: [JSONMember] {
    switch self {
    case .chatCompletions: [JSONMember("messages", Self.messages), JSONMember("tools", Self.objects)]
    case .completions: [JSONMember("prompt", Self.strings)]
    case .responses:
      [
        JSONMember("input", ["anyOf": [InterfaceDescription.text, Self.objects]]),
        JSONMember("instructions", ["type": ["string", "null"]]), JSONMember("tools", Self.objects),
      ]
    case .embeddings, .moderations: [JSONMember("input", Self.strings)]
    case .messages, .countTokens:
      [
        JSONMember("system", ["anyOf": [InterfaceDescription.text, Self.objects]]),
        JSONMember("messages", Self.messages), JSONMember("tools", Self.objects),
      ]
    }
  }

  private static let objects: JSONValue = ["type": "array", "items": ["type": "object"]]

  private static let strings: JSONValue = [
    "anyOf": [InterfaceDescription.text, ["type": "array", "items": InterfaceDescription.text]]
  ]

  private static let messages: JSONValue = [
    "type": "array",
    "items": [
      "type": "object", "required": ["role"],
      "properties": [
        "role": InterfaceDescription.text, "content": ["anyOf": [["type": ["string", "null"]], objects]],
      ],
    ],
  ]

  /// The member without which an answer is none.
  private var answered: String {
    switch self {
    case .chatCompletions, .completions: "choices"
    case .responses: "output"
    case .embeddings: "data"
    case .moderations: "results"
    case .messages: "content"
    case .countTokens: "input_tokens"
    }
  }
}
