package import Ledger

/// A message that an authenticated caller sends to a tool server.
package struct ToolCall: Sendable {
  /// The server, as the path names it.
  package var server: String
  package var requestID: RequestID
  package var caller: Caller
  /// The use case that the request names; nil takes the caller's first that may use the server.
  package var useCase: String?
  /// The patient whom the request is about, as a header names them.
  package var patient: String?
  /// The member of the workforce for whom it is made, as a header names them.
  package var user: String?
  /// The kinds of sensitive information that it declares, with commas between.
  package var sensitivity: String?
  /// What headers state for policies.
  package var facts = FactHeaders()
  /// The address that the request came from.
  package var client: ConfiguredName?
  /// The session that the client goes on with, as the gateway named it.
  package var session: String?
  /// The revision of the protocol, as a header says it.
  package var revision: String?
  package var body: [UInt8]
  /// How what carries the call is told to stop.
  let interruption = Interruption()

  package init(_ server: String, requestID: RequestID, caller: Caller, body: [UInt8]) {
    self.server = server
    self.requestID = requestID
    self.caller = caller
    self.body = body
  }
}
