package import Ledger

/// A chat completion that an authenticated caller asks for.
package struct ChatCall: Sendable {
  package var requestID: RequestID
  package var caller: Caller
  /// The use case that the request names; nil takes the caller's first.
  package var useCase: String?
  package var body: [UInt8]

  package init(requestID: RequestID, caller: Caller, useCase: String?, body: [UInt8]) {
    self.requestID = requestID
    self.caller = caller
    self.useCase = useCase
    self.body = body
  }
}
