import Bytes
import Providers

extension BatchOperation {
  /// The Operation Object of OpenAPI that describes it.
  var described: JSONValue {
    var members = [
      JSONMember("operationId", .string(name)), JSONMember("summary", .string(summary)),
      JSONMember("parameters", .array(parameters)),
    ]
    if let requestBody { members.append(JSONMember("requestBody", requestBody)) }
    members.append(JSONMember("responses", .object(responses)))
    return .object(members)
  }

  /// The name without the dot, which not every generator of clients takes.
  private var name: String {
    let parts = rawValue.split(separator: ".")
    return parts.dropFirst().reduce(String(parts[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
  }

  private var summary: String {
    switch self {
    case .createFile: "Takes a file of requests, each of which is treated like a live one, and hands it to a vendor"
    case .listFiles: "The caller's own files"
    case .file: "One of the caller's own files"
    case .fileContent: "The lines of a file, restored for the caller who made it"
    case .deleteFile: "Deletes a file at its vendor, and what its tokens stand for"
    case .createBatch: "Has the vendor carry out the requests of a file by and by"
    case .createMessageBatch: "Hands requests to a vendor, to be carried out by and by; each is treated like a live one"
    case .listBatches, .listMessageBatches: "The caller's own batches"
    case .batch, .messageBatch: "One of the caller's own batches"
    case .cancelBatch, .cancelMessageBatch: "Has the vendor carry out no more of a batch"
    case .deleteMessageBatch: "Deletes a batch at its vendor, and what its tokens stand for"
    case .messageBatchResults: "The results of a batch, line by line, restored for the caller who made it"
    }
  }

  private var parameters: [JSONValue] {
    let general = [Operation.useCaseHeader] + Operation.partyHeaders
    let headers = dialect == .anthropic ? general + Operation.versionHeaders : general
    return (path.contains("{id}") ? [Self.id] : []) + query + headers
  }

  private static let id: JSONValue = [
    "name": "id", "in": "path", "required": true,
    "schema": ["type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": 128],
  ]

  private var query: [JSONValue] {
    switch self {
    case .listFiles: [Self.limit(1_000), Self.inQuery("after"), Self.inQuery("order"), Self.inQuery("purpose")]
    case .listBatches: [Self.limit(100), Self.inQuery("after")]
    case .listMessageBatches: [Self.limit(100), Self.inQuery("after_id"), Self.inQuery("before_id")]
    default: []
    }
  }

  private static func limit(_ most: Int) -> JSONValue {
    ["name": "limit", "in": "query", "schema": ["type": "integer", "minimum": 1, "maximum": .integer(most)]]
  }

  private static func inQuery(_ name: String) -> JSONValue {
    [
      "name": .string(name), "in": "query",
      "schema": ["type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": 128],
    ]
  }

  private var requestBody: JSONValue? {
    switch self {
    case .createFile:
      Self.body(
        "multipart/form-data", requires: ["file", "purpose"],
        [JSONMember("file", ["type": "string", "format": "binary"]), JSONMember("purpose", ["type": "string"])])
    case .createBatch:
      Self.body(
        "application/json", requires: ["input_file_id", "endpoint", "completion_window"],
        ["input_file_id", "endpoint", "completion_window"].map { JSONMember($0, InterfaceDescription.text) })
    case .createMessageBatch:
      Self.body(
        "application/json", requires: ["requests"],
        [
          JSONMember(
            "requests",
            [
              "type": "array",
              "items": [
                "type": "object", "required": ["custom_id", "params"],
                "properties": ["custom_id": InterfaceDescription.text, "params": ["type": "object"]],
              ],
            ])
        ])
    default: nil
    }
  }

  private static func body(_ type: String, requires: [String], _ properties: [JSONMember]) -> JSONValue {
    let schema: JSONValue = [
      "type": "object", "required": .array(requires.map { .string($0) }), "properties": .object(properties),
    ]
    return ["required": true, "content": .object([JSONMember(type, ["schema": schema])])]
  }

  private var responses: [JSONMember] {
    let shape = dialect == .anthropic ? "AnthropicError" : "OpenAIError"
    let type = isDownload ? (dialect == .anthropic ? "application/x-jsonl" : "application/jsonl") : "application/json"
    let schema: JSONValue = isDownload ? [:] : ["type": "object"]
    return [.response(200, "An answer", [(type, schema)])] + Failure.statuses.map { .failure($0, [shape]) }
  }
}
