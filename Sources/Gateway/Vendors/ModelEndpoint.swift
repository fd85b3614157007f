package import Providers

/// A way to a model: bytes of a request in, bytes of its answer out.
package protocol ModelEndpoint: CredentialHolder {
  /// Sends a request whose text is already safe.
  func send(_ request: OutboundRequest) async throws(VendorFailure) -> VendorAnswer

  /// Sends a request about something that the vendor has already.
  func send(_ request: ResourceRequest) async throws(VendorFailure) -> VendorAnswer

  /// The target of such a request as it goes over the wire (RFC 9112, 3.2).
  func target(of request: ResourceRequest) -> String
}

/// What goes to a vendor: the body, and of the caller's headers only the version of the interface.
package struct OutboundRequest: Sendable {
  /// What the vendor is asked for.
  package var operation: Operation
  package var requestID: String
  /// The model that the body names.
  package var model: String
  package var body: [UInt8]
  package var isStreaming: Bool
  package var version = InterfaceVersion()
  /// How long the answer may take to begin, in microseconds; nil leaves it to the endpoint.
  package var patience: Int64?
  /// The trace that the vendor is told of.
  package var trace: TraceContext?

  package init(_ operation: Operation, requestID: String, model: String, body: [UInt8], isStreaming: Bool) {
    self.operation = operation
    self.requestID = requestID
    self.model = model
    self.body = body
    self.isStreaming = isStreaming
  }
}

/// The head of a vendor's answer, and its body as it arrives.
package struct VendorAnswer: Sendable {
  package var status: Int
  package var contentType: String
  /// The headers that a client's retry logic needs: `retry-after`, `retry-after-ms` and rate limits.
  package var passedHeaders: [(name: String, value: String)]
  /// All of its headers, which may say who has processed it; none of the others is passed on.
  package var headers: [(name: String, value: String)]
  package var body: VendorBody

  package init(
    status: Int, contentType: String, passedHeaders: [(name: String, value: String)],
    headers: [(name: String, value: String)] = [], body: VendorBody
  ) {
    self.status = status
    self.contentType = contentType
    self.passedHeaders = passedHeaders
    self.headers = headers
    self.body = body
  }

  /// The same with credentials hidden, wherever they are in it.
  func hiding(_ credentials: CredentialsInForce) -> VendorAnswer {
    let known = credentials.known
    return VendorAnswer(
      status: status, contentType: known.hidden(in: contentType),
      passedHeaders: passedHeaders.filter { !known.isShown(byHeader: $0.name) }
        .map { ($0.name, known.hidden(in: $0.value)) },
      headers: headers.map { ($0.name, known.hidden(in: $0.value)) }, body: body.hiding(credentials))
  }
}

/// Why a vendor gave no answer, without anything that the vendor said.
package struct VendorFailure: Error, Hashable, Sendable {
  package enum Code: String, Sendable {
    case unreachable = "vendor_unreachable"
    case timedOut = "vendor_timeout"
    case interrupted = "vendor_interrupted"
    case cancelled = "client_disconnected"
    case answerTooLarge = "vendor_answer_too_large"
    /// Another model has answered than the one that its entry pins.
    case otherModel = "other_model"
    /// Another has processed the answer, or in another region, than is agreed; or the answer does not say who.
    case otherProcessor = "other_processor"
    case unexpectedAnswer = "vendor_protocol_error"
    /// No failure of the vendor's: what its model said has no counterpart in the client's dialect.
    case notCarried = "vendor_answer_not_carried"
    /// Another machine answers than the one that has proved what runs there; it got no byte.
    case notAttested = "attestation_not_bound"
    /// No failure of the vendor's: its answer was stopped because the vault was locked while it came.
    case withheld = "keys_unavailable"
    /// No failure of the vendor's: what had allowed the exchange ended while it was under way.
    case stopped
    /// No failure of the vendor's: its answer held an identifier that nobody had given.
    case novelIdentifier = "novel_identifier"
  }

  package let code: Code

  package init(_ code: Code) { self.code = code }

  /// Whether the vendor had, or may have had, the request.
  var isAfterSending: Bool { code != .unreachable && code != .notAttested }
}
