/// What is posted to a witness.
package struct WitnessRequest: Hashable, Sendable {
  /// The whole address.
  package var url: String
  /// The body, which is text.
  package var body: [UInt8]
}

/// What a witness answers.
package struct WitnessResponse: Hashable, Sendable {
  /// The HTTP status.
  package var status: Int
  /// The media type, if the answer names one.
  package var contentType: String?
  /// The body.
  package var body: [UInt8]

  /// An answer.
  package init(status: Int, contentType: String? = nil, body: [UInt8] = []) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }
}

/// Carries a request to a witness and its answer back; it throws when there is no answer in time.
package typealias WitnessTransport = @Sendable (WitnessRequest) async throws -> WitnessResponse
