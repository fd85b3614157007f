import Deidentification
import PHI

/// Where a message to a tool server goes, and under which agreement.
struct ToolRoute: Sendable {
  @Boxed private(set) var caller: Caller
  /// The use case, with as much of identifiers in its answers as the policies let be shown.
  @Boxed var useCase: UseCase
  @Boxed private(set) var vendor: Vendor
  let access: ToolAccess
  /// What covers it; nil for what does not leave the machine.
  @Boxed private(set) var agreement: Agreement?
  /// Who answers for its leaving; nil where the configuration has no routes.
  @Boxed private(set) var egress: EgressRoute?
  /// The policies that allow it; nil where there are none.
  @Boxed var verdict: PolicyVerdict? = nil
  /// What its patient had to say of it; nil where it is about nobody.
  var standing: PatientStanding?
  /// What becomes of identifiers in the answer that nobody has given; what a server knows of people is what it is asked for,
  /// unless the policies have it kept back.
  var novelty = AnswerRewriter.Novelty.pass
}

extension Admission {
  /// What was decided about a message to a tool server.
  indirect enum ToolDecision: Sendable {
    case allowed(ToolRoute)
    case refused(Refusal, useCase: UseCase?, vendor: Vendor?)
  }

  /// Decides for one message of an authenticated caller; one that names no use case takes the caller's first that may use
  /// the server.
  func decide(caller: Caller, requesting requested: String?, toolServer name: String, on today: CalendarDate)
    -> ToolDecision
  {
    let server = ConfiguredID<Vendor>(name)
    let first = caller.useCases.first { id in server.flatMap { useCases[id]?.toolServers.contains($0) } == true }
    let useCase: UseCase?
    switch named(requested ?? first?.name, of: caller) {
    case .success(let found): useCase = found
    case .failure(let refusal) where refusal.rule != .useCaseNotGranted:
      return .refused(refusal, useCase: nil, vendor: nil)
    case .failure: useCase = nil
    }
    guard let useCase, let server, useCase.toolServers.contains(server), let vendor = vendors[server],
      case .tools(_, let access) = vendor.kind
    else {
      let fact = "caller `\(caller.id)` has no use case with such a tool server"
      return .refused(Refusal(.useCaseNotGranted, fact), useCase: nil, vendor: nil)
    }
    if mustWait(useCase) { return .refused(Refusal(waiting: useCase), useCase: useCase, vendor: vendor) }
    let use = VendorUse(vendor, for: useCase)
    if let refusal = stops.refusal(of: use) { return .refused(refusal, useCase: useCase, vendor: vendor) }
    switch (coverage(of: use, on: today), egress(of: use, on: today)) {
    case (.failure(let refusal), _), (_, .failure(let refusal)):
      return .refused(refusal, useCase: useCase, vendor: vendor)
    case (.success(let agreement), .success(let egress)):
      return .allowed(
        ToolRoute(
          caller: caller, useCase: useCase, vendor: vendor, access: leaving(access, of: server, to: useCase),
          agreement: agreement, egress: egress))
    }
  }
}
