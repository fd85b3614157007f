import Bytes

/// A failure in the shape that clients of Anthropic's dialect understand.
package struct AnthropicError: Hashable, Sendable {
  /// The families of errors.
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    case invalidRequest = "invalid_request_error"
    case authentication = "authentication_error"
    case billing = "billing_error"
    case permission = "permission_error"
    case notFound = "not_found_error"
    case conflict = "conflict_error"
    case requestTooLarge = "request_too_large"
    case rateLimit = "rate_limit_error"
    case timeout = "timeout_error"
    case overloaded = "overloaded_error"
    case api = "api_error"

    /// The family of an answer with this status.
    package init(status: Int) {
      self =
        switch status {
        case 401: .authentication
        case 402: .billing
        case 403: .permission
        case 404: .notFound
        case 409: .conflict
        case 413: .requestTooLarge
        case 429: .rateLimit
        case 408, 504: .timeout
        case 529: .overloaded
        case 400..<500: .invalidRequest
        default: .api
        }
    }
  }

  /// What went wrong, for a person; it holds nothing of the request or the answer.
  package var message: String
  /// The family of errors.
  package var kind: Kind
  /// The id that the answer carries as `request-id`.
  package var requestID: String?

  /// A failure of one kind.
  package init(_ message: String, kind: Kind, requestID: String? = nil) {
    self.message = message
    self.kind = kind
    self.requestID = requestID
  }

  /// A failure that is answered with this status.
  package init(_ message: String, status: Int, requestID: String? = nil) {
    self.init(message, kind: Kind(status: status), requestID: requestID)
  }

  /// The body of an answer that reports it.
  package var body: [UInt8] {
    let error: JSONValue = ["type": .string(kind.rawValue), "message": .string(message)]
    return
      (["type": "error", "error": error, "request_id": requestID.map(JSONValue.string) ?? .null]
      as JSONValue).bytes
  }

  /// The event that reports it in a stream.
  package var event: [UInt8] { Array("event: error\ndata: ".utf8) + body + [0x0A, 0x0A] }
}
