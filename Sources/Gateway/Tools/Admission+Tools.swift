import PHI

/// Where a message to a tool server goes, and under which agreement.
struct ToolRoute: Sendable {
  let caller: Caller
  let useCase: UseCase
  let vendor: Vendor
  let access: ToolAccess
}

extension Admission {
  /// What was decided about a message to a tool server.
  enum ToolDecision: Sendable {
    case allowed(ToolRoute)
    case refused(Refusal, useCase: UseCase?, vendor: Vendor?)
  }

  /// Decides for one message of an authenticated caller; one that names no use case takes the caller's first that may use
  /// the server.
  func decide(caller: Caller, requesting requested: String?, toolServer name: String, on today: CalendarDate)
    -> ToolDecision
  {
    let server = ConfiguredID<Vendor>(name)
    let useCase =
      requested == nil
      ? caller.useCases.compactMap { useCases[$0] }.first { useCase in server.map(useCase.tools.contains) == true }
      : self.useCase(requested, of: caller)
    guard let useCase, let server, useCase.tools.contains(server), let vendor = vendors[server],
      case .tools(_, let access) = vendor.kind
    else {
      let fact = "caller `\(caller.id)` has no use case with such a tool server"
      return .refused(Refusal(.useCaseNotGranted, fact), useCase: nil, vendor: nil)
    }
    if let refusal = refusal(for: vendor, on: today) {
      return .refused(refusal, useCase: useCase, vendor: vendor)
    }
    return .allowed(ToolRoute(caller: caller, useCase: useCase, vendor: vendor, access: access))
  }
}
