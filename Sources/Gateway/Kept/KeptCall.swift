package import Ledger
import Providers

/// What an authenticated caller asks about an answer that the vendor keeps.
package struct KeptCall: Sendable {
  /// What is asked.
  package enum Act: String, CaseIterable, Hashable, Sendable {
    /// The answer, once more.
    case retrieve
    /// That the vendor deletes it, and Cordon what belongs to it.
    case delete
    /// The items that it was made from.
    case inputItems = "input_items"
    /// That the vendor stops making it in the background.
    case cancel

    /// How entries name it.
    var recorded: ConfiguredName? { ConfiguredName("responses.\(rawValue)") }

    /// What the vendor is asked for.
    func path(of id: String) -> String {
      switch self {
      case .retrieve, .delete: "/responses/\(id)"
      case .inputItems: "/responses/\(id)/input_items"
      case .cancel: "/responses/\(id)/cancel"
      }
    }

    /// Whether what comes back is the answer itself, or says what became of it.
    var namesObject: Bool { self != .inputItems }

    var method: ResourceRequest.Method {
      switch self {
      case .retrieve, .inputItems: .get
      case .delete: .delete
      case .cancel: .post
      }
    }

    /// What comes back.
    var answer: KeptAnswer {
      switch self {
      case .retrieve, .cancel: .answer
      case .delete: .deletion
      case .inputItems: .inputItems
      }
    }
  }

  package var act: Act
  /// What the vendor called the answer.
  package var id: String
  /// What else the address says.
  package var query: [(name: String, value: String)] = []
  package var requestID: RequestID
  package var caller: Caller
  /// The use case that the request names; nil takes the caller's first.
  package var useCase: String?
  /// The patient whom the request is about, as a header names them.
  package var patient: String?
  /// The member of the workforce for whom it is made, as a header names them.
  package var user: String?
  /// What headers state for policies.
  package var facts = FactHeaders()
  /// The address that the request came from.
  package var client: ConfiguredName?
  /// How what carries the call is told to stop.
  let interruption = Interruption()

  package init(_ act: Act, _ id: String, requestID: RequestID, caller: Caller) {
    self.act = act
    self.id = id
    self.requestID = requestID
    self.caller = caller
  }
}

extension KeptCall {
  /// The first of what the address says that may not go to the vendor; nil when all of it may.
  ///
  /// Nothing searches an address: only words, small numbers and ids as vendors draw them go out in one.
  var refusedParameter: String? { query.first { !isAllowed($0.name, $0.value) }?.name }

  private func isAllowed(_ name: String, _ value: String) -> Bool {
    switch (act, name) {
    case (.retrieve, "include"), (.retrieve, "include[]"), (.inputItems, "include"), (.inputItems, "include[]"):
      KeptAnswer.isIncludable(value)
    // Events of an answer that is over say the same as the answer.
    case (.retrieve, "stream"): value == "false"
    case (.inputItems, "limit"): Int(value).map { (1...100).contains($0) } ?? false
    case (.inputItems, "order"): value == "asc" || value == "desc"
    case (.inputItems, "after"), (.inputItems, "before"): KeptAnswer.isItemID(value)
    default: false
    }
  }
}
