package import Ledger
package import Providers

/// What an authenticated caller asks a model for.
package struct ModelCall: Sendable {
  /// The header by which a request names the patient whom it is about.
  package static let patientHeader = "x-cordon-patient"
  /// The header by which a request names the member of the workforce for whom it is made.
  package static let userHeader = "x-cordon-user"
  /// The header by which a request declares what kinds of sensitive information it holds.
  package static let sensitivityHeader = "x-cordon-sensitivity"

  package var operation: Operation
  package var requestID: RequestID
  @Boxed package var caller: Caller
  /// The use case that the request names; nil takes the caller's first.
  package var useCase: String?
  /// The patient whom the request is about, as a header names them.
  package var patient: String?
  /// The member of the workforce for whom it is made, as a header names them.
  package var user: String?
  /// The kinds of sensitive information that it declares, with commas between.
  package var sensitivity: String?
  /// Whether somebody waits for its answer, as a header says; it can only be less than the use case says.
  package var priority: Priority?
  /// Whether its client would have it answered later (`prefer: respond-async`, RFC 7240).
  package var mayBeDeferred = false
  /// The way that it goes to its answer, for whoever keeps that.
  var way: CarriedWay?
  /// What headers state for policies.
  @Boxed package var facts = FactHeaders()
  /// The address that the request came from.
  package var client: ConfiguredName?
  /// What the client's headers say of the interface that it speaks.
  @Boxed package var version = InterfaceVersion()
  /// The trace that the client says it belongs to.
  @Boxed package var trace: TraceContext? = nil
  /// Its own span; nil when nobody collects traces.
  @Boxed var span: RequestTrace? = nil
  /// What the client calls the request, to be answered once however often it comes.
  package var idempotencyKey: String?
  /// The call's hold on that name.
  var place: RepeatedRequests.Place?
  /// What it has taken from the rate limits.
  var rates: [RateLimiter.Ask] = []
  package var body: [UInt8]
  /// How what carries the call is told to stop.
  var interruption = Interruption()

  package init(_ operation: Operation, requestID: RequestID, caller: Caller, useCase: String?, body: [UInt8]) {
    self.operation = operation
    self.requestID = requestID
    self.caller = caller
    self.useCase = useCase
    self.body = body
  }
}
