/// A way to a tool server: one message in, its answer out.
package protocol ToolEndpoint: CredentialHolder {
  /// Sends a message whose text may go out.
  func send(_ message: OutboundToolMessage) async throws(VendorFailure) -> ToolServerAnswer
}

/// What goes to a tool server: the message, and of the client's headers nothing.
package struct OutboundToolMessage: Sendable {
  package var body: [UInt8] = []
  /// The session that it belongs to, as the server calls it.
  package var session: String?
  /// The revision of the protocol.
  package var revision: String?
}

/// The head of a tool server's answer, and its body as it arrives.
package struct ToolServerAnswer: Sendable {
  package var status: Int
  package var contentType: String
  /// The session that the server has opened.
  package var session: String?
  package var body: VendorBody

  /// The kind of the body, in small letters and without parameters.
  var mediaType: String { MediaType.name(in: contentType) }

  package init(status: Int, contentType: String, session: String? = nil, body: VendorBody) {
    self.status = status
    self.contentType = contentType
    self.session = session
    self.body = body
  }

  /// The same with credentials hidden, wherever they are in it.
  func hiding(_ credentials: CredentialsInForce) -> ToolServerAnswer {
    let known = credentials.known
    return ToolServerAnswer(
      status: status, contentType: known.hidden(in: contentType),
      session: session.map { known.hidden(in: $0) }, body: body.hiding(credentials))
  }
}
