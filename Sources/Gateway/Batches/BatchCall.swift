package import Ledger
import Providers

/// What an authenticated caller asks of the files and batches that a vendor keeps.
package struct BatchCall: Sendable {
  package var operation: BatchOperation
  package var requestID: RequestID
  package var caller: Caller
  /// The use case that the request names; nil takes the caller's first.
  package var useCase: String?
  /// The patient whom all of it is about, as a header names them.
  package var patient: String?
  /// The member of the workforce for whom it is made, as a header names them.
  package var user: String?
  /// What a header declares that all of it holds of what may have to stay inside.
  package var sensitivity: String?
  /// What headers state for policies.
  package var facts = FactHeaders()
  /// The address that the request came from.
  package var client: ConfiguredName?
  /// What the client's headers say of the interface that it speaks.
  package var version = InterfaceVersion()
  /// The id in the path.
  package var id: String?
  /// What stands behind the `?` of the address, by name.
  package var query: [String: String] = [:]
  /// What the body is said to be.
  package var contentType = ""
  package var body: [UInt8]
  /// How what carries the call is told to stop.
  package internal(set) var interruption = Interruption()

  package init(_ operation: BatchOperation, requestID: RequestID, caller: Caller, useCase: String?, body: [UInt8]) {
    self.operation = operation
    self.requestID = requestID
    self.caller = caller
    self.useCase = useCase
    self.body = body
  }

  /// One of its requests, as it would come by itself.
  func request(_ item: BatchItem) -> ModelCall {
    var call = ModelCall(item.operation, requestID: requestID, caller: caller, useCase: useCase, body: item.body)
    (call.patient, call.user, call.client, call.version, call.facts) = (patient, user, client, version, facts)
    call.sensitivity = sensitivity
    return call
  }

  /// How many objects of a list are asked for.
  func limit(upTo most: Int, usually usual: Int) -> Int? {
    guard let text = query["limit"] else { return usual }
    guard let limit = Int(text), limit > 0 else { return nil }
    return min(limit, most)
  }
}
