package import Ledger
package import Providers

/// What an authenticated caller asks about a request that is carried out later.
package struct DeferredCall: Sendable {
  /// What is asked.
  package enum Act: String, Hashable, Sendable {
    /// What has come of it.
    case retrieve
    /// That it is not carried out, and that nothing of it is kept.
    case delete
  }

  package var act: Act
  /// What Cordon calls the request.
  package var id: String
  package var requestID: RequestID
  package var caller: Caller
  /// The use case that it names; nil looks in all of the caller's.
  package var useCase: String?
  /// The patient, as a header or the request itself names them.
  package var patient: String?
  /// The member of the workforce, as a header or the request itself names them.
  package var user: String?
  /// What headers state for policies.
  package var facts = FactHeaders()
  /// The address that the request came from.
  package var client: ConfiguredName?
  /// In whose conventions errors are told.
  package var dialect = Operation.Dialect.openAI
  /// How what carries the call is told to stop.
  let interruption = Interruption()

  package init(_ act: Act, _ id: String, requestID: RequestID, caller: Caller) {
    self.act = act
    self.id = id
    self.requestID = requestID
    self.caller = caller
  }
}

extension DeferredCall.Act {
  /// How entries name it.
  var recorded: ConfiguredName? { ConfiguredName("deferred.\(rawValue)") }
}

extension DeferredCall: ResourceCall {
  var recordedOperation: ConfiguredName? { act.recorded }
  var version: InterfaceVersion { InterfaceVersion() }
  var action: PolicyAction { .retrieve }
  var ends: Bool { act == .delete }
  // It was found by its name when policies are asked.
  var readsKept: Bool { false }
  var isAboutBatches: Bool { false }
  // Who reads it nobody else says.
  var namesInHeaders: Set<RequestParties.Side> { Set(RequestParties.Side.allCases) }
  // What was taken is handed out also when no more is.
  func isServed(by useCase: UseCase) -> Bool { true }
}
