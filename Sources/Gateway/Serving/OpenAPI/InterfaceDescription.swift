import Bytes
import HTTPTypes

/// What the gateway serves, as an OpenAPI 3.1 document made from the table of its endpoints.
///
/// It names nothing of the configuration: whoever reaches the gateway may read it.
enum InterfaceDescription {
  /// The document.
  static let document: [UInt8] = value.bytes

  private static var value: JSONValue {
    [
      "openapi": "3.1.0",
      "info": [
        "title": "Cordon", "version": "1",
        "description":
          "A gateway between hospitals and language models: identifiers are replaced before a vendor sees them and restored in what it answers.",
      ],
      "security": [["bearer": []], ["key": []]],
      "paths": .object(Endpoint.all.map { JSONMember($0.path, path(of: $0)) }),
      "components": [
        "securitySchemes": [
          "bearer": ["type": "http", "scheme": "bearer"],
          "key": ["type": "apiKey", "in": "header", "name": "x-api-key"],
        ],
        "schemas": ["OpenAIError": openAIError, "AnthropicError": anthropicError],
      ],
    ]
  }

  private static func path(of endpoint: Endpoint) -> JSONValue {
    .object(endpoint.methods.map { JSONMember($0.rawValue.lowercased(), endpoint.described(by: $0)) })
  }

  private static let openAIError: JSONValue = [
    "type": "object", "required": ["error"],
    "properties": [
      "error": [
        "type": "object", "required": ["message", "type", "param", "code"],
        "properties": [
          "message": text, "type": text, "param": ["type": ["string", "null"]], "code": ["type": ["string", "null"]],
        ],
      ]
    ],
  ]

  private static let anthropicError: JSONValue = [
    "type": "object", "required": ["type", "error", "request_id"],
    "properties": [
      "type": ["const": "error"], "request_id": text,
      "error": ["type": "object", "required": ["type", "message"], "properties": ["type": text, "message": text]],
    ],
  ]

  static let text: JSONValue = ["type": "string"]
}
