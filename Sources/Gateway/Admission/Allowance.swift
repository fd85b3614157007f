import PHI

/// What an exchange was allowed by, to be looked at again while it runs.
final class Allowance: Sendable {
  let use: VendorUse
  /// Whose request it is.
  let caller: ConfiguredID<Caller>
  /// The tool that it calls; nil where it calls none.
  let tool: String?
  /// What covers it; nil for what does not leave the machine.
  let agreement: Agreement?
  /// Who answers for its leaving; nil where the configuration had no routes.
  let egress: EgressRoute?
  /// How it ends what the vendor keeps; nil for what goes on.
  let ending: Admission.Ending?
  /// The policies that allowed it; nil where there were none.
  let verdict: PolicyVerdict?
  /// What the patients had to say of it; nil where it is about nobody.
  let standing: PatientStanding?

  init(
    _ use: VendorUse, of caller: ConfiguredID<Caller>, calling tool: String? = nil, agreement: Agreement?,
    egress: EgressRoute?, ending: Admission.Ending? = nil, verdict: PolicyVerdict? = nil,
    standing: PatientStanding? = nil
  ) {
    self.caller = caller
    self.tool = tool
    self.verdict = verdict
    self.standing = standing
    self.use = use
    self.agreement = agreement
    self.egress = egress
    self.ending = ending
  }

  /// What a request to a model was allowed by.
  convenience init(_ route: Admission.Route) {
    let use = VendorUse(
      route.vendor, for: route.useCase, model: route.model, operation: route.carriage.operation(for: route.operation),
      isBatch: route.isBatch)
    self.init(
      use, of: route.caller.id, agreement: route.agreement, egress: route.egress, ending: route.ending,
      verdict: route.verdict, standing: route.standing)
  }

  /// What a message to a tool server was allowed by.
  convenience init(_ route: ToolRoute, calling tool: String?) {
    self.init(
      VendorUse(route.vendor, for: route.useCase), of: route.caller.id, calling: tool, agreement: route.agreement,
      egress: route.egress,
      verdict: route.verdict, standing: route.standing)
  }

  /// Whether the day alone says that it may have lapsed.
  func mayHaveLapsed(on today: CalendarDate) -> Bool {
    ending == nil && (agreement?.isInForce(on: today) == false || egress?.isOpen(on: today) == false)
  }
}

extension Admission {
  /// How a call ends what a vendor keeps: it may, whatever became of the access by which that was made.
  enum Ending: Hashable, Sendable {
    /// As one among others that may go to the vendor.
    case allowed
    /// Though nothing else may go there any more (45 CFR 164.504(e)(2)(ii)(J)): the agreement that is in force no more,
    /// where that is why.
    case owed(under: ConfiguredID<Agreement>?)

    var isOwed: Bool { if case .owed = self { true } else { false } }
  }

  /// Why what was allowed may not go on; nil when it may.
  ///
  /// It is asked before each attempt, and while an answer comes: agreements end and are terminated, and what runs is
  /// stopped. The vendor is the one of the allowance, whatever a later configuration says of it.
  func objection(to allowance: Allowance, on today: CalendarDate) -> Refusal? {
    let use = allowance.use
    if let refusal = lapse(of: allowance) ?? stops.refusal(of: use) ?? attestations.objection(to: use.vendor) {
      return refusal
    }
    if allowance.ending != nil { return nil }
    if let egress = allowance.egress, !egress.isOpen(on: today) { return egress.closed(on: today) }
    return if case .failure(let refusal) = coverage(of: use, on: today) { refusal } else { nil }
  }

  /// Why no route of this configuration lets go on what another had allowed; nil when one does.
  func withdrawal(of allowance: Allowance, on today: CalendarDate) -> Refusal? {
    guard allowance.ending == nil, case .failure(let refusal) = egress(of: allowance.use, on: today) else { return nil }
    return refusal
  }
}
