import Bytes
import HTTPTypes
import Providers

extension Endpoint {
  /// The Operation Object of OpenAPI that describes what it does by one of its methods.
  func described(by method: HTTPRequest.Method) -> JSONValue {
    if case .batches(let operations, _) = self, let operation = operations.first(where: { $0.method == method }) {
      return operation.described
    }
    let isDeletion = method == .delete
    var members = [
      JSONMember("operationId", .string(isDeletion ? "\(name)Deletion" : name)),
      JSONMember("summary", .string(isDeletion ? deletion : summary)),
    ]
    if !asksForKey { members.append(JSONMember("security", [])) }
    if !parameters.isEmpty { members.append(JSONMember("parameters", .array(parameters))) }
    if let body = requestBody { members.append(JSONMember("requestBody", body)) }
    members.append(JSONMember("responses", .object(responses)))
    return .object(members)
  }

  private var deletion: String {
    if case .deferred = self { return "Deletes a request that is carried out later, and its answer" }
    return "Deletes an answer that the vendor keeps"
  }

  private var name: String {
    switch self {
    case .operation(let operation): operation.rawValue
    case .batches: "batches"
    case .models: "models"
    case .model: "model"
    case .health: "health"
    case .readiness: "readiness"
    case .metrics: "metrics"
    case .description: "description"
    case .phiMap: "phiMap"
    case .access(let endpoint): endpoint.operationID
    case .accessMetadata: "accessMetadata"
    case .log: "log"
    case .tools: "tools"
    case .response: "response"
    case .inputItems: "responseInputItems"
    case .cancellation: "responseCancellation"
    case .deferred: "deferred"
    }
  }

  private var summary: String {
    switch self {
    case .operation(let operation): "Carries a request to a vendor, without identifiers: `\(operation.path)`"
    case .batches: "Files and batches"
    case .models: "The models that the caller may ask for"
    case .model: "One of the models that the caller may ask for"
    case .health: "Whether the process lives"
    case .readiness: "Whether requests would be carried"
    case .metrics: "Counts and times, for Prometheus"
    case .description: "This description"
    case .phiMap: "Where identifiers of people are at this moment, for readers of the log"
    case .access(.evaluation): "What the policies decide about one request (OpenID AuthZEN 1.0)"
    case .access(.evaluations): "What the policies decide about many requests"
    case .access(.subjects): "Who may do something, by the policies"
    case .access(.resources): "To what somebody may do something, by the policies"
    case .access(.actions): "What somebody may do, by the policies"
    case .accessMetadata: "Where the policies are asked"
    case .log: "The checkpoint and the tiles of the log, for its readers"
    case .tools: "Carries a message of the Model Context Protocol to a tool server, without identifiers"
    case .response: "An answer that the vendor keeps, restored"
    case .cancellation: "Ends an answer that is being made in the background"
    case .deferred: "What has come of a request that is carried out later"
    case .inputItems: "The items that an answer which the vendor keeps was made from, restored"
    }
  }

  private var asksForKey: Bool {
    switch self {
    case .batches, .operation, .models, .model, .log, .tools, .response, .inputItems, .cancellation, .deferred, .phiMap,
      .access:
      true
    case .health, .readiness, .metrics, .description, .accessMetadata: false
    }
  }

  private var parameters: [JSONValue] {
    switch self {
    case .operation(let operation): operation.describedHeaders
    case .model: [Self.inPath("model")]
    case .log: [Self.inPath("file")]
    case .response, .inputItems, .cancellation:
      [Self.inPath("response")] + Operation.partyHeaders + [Operation.useCaseHeader]
    case .deferred: [Self.inPath("request")] + Operation.partyHeaders + [Operation.useCaseHeader]
    case .tools: [Self.inPath("server")] + Operation.partyHeaders + [Operation.useCaseHeader]
    case .batches, .models, .health, .readiness, .metrics, .description, .phiMap, .access, .accessMetadata: []
    }
  }

  private var requestBody: JSONValue? {
    switch self {
    case .operation(let operation): operation.describedRequest
    case .tools:
      [
        "required": true,
        "content": ["application/json": ["schema": ["type": "object", "required": ["jsonrpc", "method"]]]],
      ]
    case .access(let endpoint): endpoint.describedRequest
    case .batches, .models, .model, .health, .readiness, .metrics, .description, .log, .response, .inputItems,
      .cancellation, .deferred, .accessMetadata, .phiMap:
      nil
    }
  }

  private static func inPath(_ name: String) -> JSONValue {
    ["name": .string(name), "in": "path", "required": true, "schema": ["type": "string", "minLength": 1]]
  }

  private var responses: [JSONMember] {
    switch self {
    case .operation(let operation): operation.describedResponses
    case .models: [Self.answer(200), Self.failure(401)]
    case .model: [Self.answer(200)] + [401, 404].map { Self.failure($0) }
    case .response, .inputItems, .cancellation:
      [Self.answer(200)] + Failure.statuses.map { .failure($0, ["OpenAIError"]) }
    case .deferred:
      [Self.answer(200), .response(202, "There is no answer yet", [("application/json", ["type": "object"])])]
        + Failure.statuses.map { Self.failure($0) }
    case .batches, .phiMap: [Self.answer(200)] + [401, 403, 404, 503].map { Self.failure($0) }
    case .access: [Self.answer(200)] + [400, 401, 403, 404, 408, 413, 429, 503].map { Self.failure($0) }
    case .accessMetadata: [Self.answer(200), Self.failure(404)]
    case .health, .description: [Self.answer(200)]
    case .readiness: [Self.answer(200), Self.answer(503)]
    case .metrics: [Self.answer(200, ["text/plain"])]
    case .log:
      [Self.answer(200, ["text/plain", "application/octet-stream"])]
        + [401, 403, 404, 429, 503].map { Self.failure($0) }
    case .tools:
      [
        Self.answer(200, ["application/json", "text/event-stream"]),
        JSONMember("202", ["description": "Taken, with nothing to say"]),
      ] + [400, 401, 403, 404, 413, 429, 502, 503, 504].map { Self.answer($0) }
    }
  }

  private static func answer(_ status: Int, _ types: [String] = ["application/json"]) -> JSONMember {
    .response(status, "An answer", types.map { ($0, $0 == "application/json" ? ["type": "object"] : [:]) })
  }

  private static func failure(_ status: Int) -> JSONMember { .failure(status, ["OpenAIError", "AnthropicError"]) }
}

extension JSONMember {
  /// The Response Object under its status; every answer has its request's id.
  static func response(_ status: Int, _ what: String, _ bodies: [(type: String, schema: JSONValue)]) -> JSONMember {
    let id: JSONValue = ["required": true, "schema": InterfaceDescription.text]
    return JSONMember(
      String(status),
      [
        "description": .string(what), "headers": ["x-request-id": id, "request-id": id],
        "content": .object(bodies.map { JSONMember($0.type, ["schema": $0.schema]) }),
      ])
  }

  /// The Response Object of an error in any of these shapes.
  static func failure(_ status: Int, _ shapes: [String]) -> JSONMember {
    let references = shapes.map { ["$ref": .string("#/components/schemas/\($0)")] as JSONValue }
    let schema: JSONValue = references.count == 1 ? references[0] : ["anyOf": .array(references)]
    return response(status, "No answer, and why", [("application/json", schema)])
  }
}
