import Deidentification
import Ledger
import PHI
import Policy
import Providers

extension Gateway {
  /// Asks the policies whether a request may go by a route; the route that is given back says which allow it, and shows of
  /// identifiers what they let be shown.
  ///
  /// What its patients have restricted, or not authorized, is refused before: the register has the last word, with policies or
  /// without. Where there are no policies, the route stays as it is otherwise.
  func permitted(
    _ route: Admission.Route, about choices: PatientChoices, _ matter: (inout PolicyMatter) -> Void,
    to action: PolicyAction
  ) -> Result<Admission.Route, Refusal> {
    var asked = PolicyMatter(
      caller: route.caller, user: nil, useCase: route.useCase, vendor: route.vendor,
      target: .route(model: route.model), agreement: route.agreement, now: clock.wall())
    matter(&asked)
    var route = route
    // What is kept of it is asked about with all that it holds, with policies or without.
    route.held = HeldFacts(asked)
    switch standing(choices, of: asked, by: route.egress) {
    case .failure(let refusal): return .failure(refusal)
    case .success(let standing):
      route.standing = standing
      asked.registered = standing?.consents ?? []
      asked.withdrawn = withdrawn(choices, from: asked)
    }
    guard let policy else { return .success(route) }
    let question = PolicyQuestion(asked, action, in: policy)
    switch policy.answer(question) {
    case .failure(let refusal): return .failure(refusal)
    case .success(let (permission, obligations)):
      var verdict = permission
      if let refusal = obligations.objection(toUnread: asked.isUnread, of: verdict) { return .failure(refusal) }
      if !obligations.redactsInAnswers.isEmpty { route.useCase.restoreNone(of: obligations.redactsInAnswers) }
      if route.useCase.showsIdentifiers {
        switch policy.answer(question.about(.seeIdentifiers)) {
        case .failure(let refusal):
          route.useCase.showNoIdentifiers()
          verdict.withhold(by: refusal)
        case .success(let (sight, others)):
          if let refusal = others.objection(toUnread: asked.isUnread, of: sight) { return .failure(refusal) }
          verdict.joinSight(sight)
          if !others.redactsInAnswers.isEmpty { route.useCase.restoreNone(of: others.redactsInAnswers) }
        }
      }
      verdict.show(route.useCase.restores, andOthers: route.useCase.novelty == .pass)
      route.verdict = verdict
      return .success(route)
    }
  }

  /// Asks the policies whether a message may go to a tool server, and whether that may be shown identifiers and tell any.
  ///
  /// What the server would have to be told in tokens, with which it could do nothing, is refused.
  func permitted(
    _ route: ToolRoute, about choices: PatientChoices, _ matter: PolicyMatter
  ) -> Result<ToolRoute, Refusal> {
    var (route, matter) = (route, matter)
    switch standing(choices, of: matter, by: route.egress) {
    case .failure(let refusal): return .failure(refusal)
    case .success(let standing):
      route.standing = standing
      matter.registered = standing?.consents ?? []
      matter.withdrawn = withdrawn(choices, from: matter)
    }
    guard let policy else { return .success(route) }
    let question = PolicyQuestion(matter, .useTool, in: policy)
    do throws(Refusal) {
      let (permission, obligations) = try policy.answer(question).get()
      var verdict = permission
      if let refusal = obligations.objection(toUnread: matter.isUnread, of: verdict) { throw refusal }
      try route.take(obligations, of: verdict, showing: matter.isShown)
      // What names no tool brings nothing of anybody's, and is told nothing of anybody's.
      if case .tool(.some) = matter.target {
        switch policy.answer(question.about(.seeIdentifiers)) {
        case .failure(let refusal):
          guard !matter.isShown else { throw refusal }
          route.showNoIdentifiers()
          verdict.withhold(by: refusal)
        case .success(let (sight, others)):
          if let refusal = others.objection(toUnread: matter.isUnread, of: sight) { throw refusal }
          try route.take(others, of: sight, showing: matter.isShown)
          verdict.joinSight(sight)
        }
      } else {
        route.showNoIdentifiers()
      }
      verdict.show(route.useCase.restores, andOthers: route.novelty == .pass)
      route.verdict = verdict
      return .success(route)
    } catch {
      return .failure(error)
    }
  }

  /// Why the policies in force do not allow any more what others had; nil when they do.
  func withdrawal(of verdict: PolicyVerdict?) -> Refusal? {
    guard let policy, let verdict, !verdict.isOf(policy) else { return nil }
    return objection(to: verdict)
  }

  /// Why the policies do not allow what they had, now; nil when they do.
  ///
  /// All that was asked is asked again: also whether identifiers may be shown, and for each request of a batch.
  ///
  /// - Parameters:
  ///   - verdict: what they had allowed.
  ///   - change: what is otherwise now than when it was asked.
  /// - Returns: the first refusal.
  func objection(
    to verdict: PolicyVerdict?, asking change: (PolicyQuestion) -> PolicyQuestion = { $0 }
  ) -> Refusal? {
    guard let policy, let verdict else { return nil }
    guard verdict.isWhole else {
      return Refusal(unmet: "the requests are too many to be asked about again", PolicyRecord(policy))
    }
    for question in verdict.questions {
      let asked = change(question.at(clock.wall())).anew(in: policy)
      switch policy.answer(asked) {
      case .failure(let refusal): return refusal
      case .success(let (permission, obligations)):
        if let refusal = obligations.objection(toUnread: asked.isUnread, of: permission) { return refusal }
        let redacted = obligations.redactsInAnswers
        guard redacted.isDisjoint(with: verdict.shown), redacted.isEmpty || !verdict.showsOthers else {
          return Refusal(
            unmet: "the answer carries identifiers, which policy \(permission.named) has taken out",
            PolicyRecord(permission))
        }
      }
    }
    return nil
  }

  /// Tells whom the policies have told, before anything leaves.
  func tell(_ verdict: PolicyVerdict?, of requestID: RequestID, _ caller: Caller) async throws(LedgerError) {
    guard let verdict else { return }
    for office in verdict.notices.sorted(by: { $0.description < $1.description }) {
      var entry = Entry(.alertRaised, at: clock.timestamp, request: requestID)
      entry.rule = ConfiguredName("policy_notice")
      entry.object = office
      entry.caller = caller.id.recorded
      entry.name(PolicyRecord(verdict))
      try await record(entry)
    }
  }

}

extension PolicyInForce {
  /// What allows a request and what that asks for, or why it is refused.
  func answer(_ question: PolicyQuestion) -> Result<(PolicyVerdict, PolicyObligations), Refusal> {
    let decision = decide(question)
    guard decision.isAllowed else { return .failure(Refusal(self, decision, question)) }
    var verdict = PolicyVerdict(self, decision, question)
    let obligations = PolicyObligations(authorizer.obligations(of: decision))
    if let unmet = obligations.unmet {
      return .failure(
        Refusal(
          unmet: "policy `\(unmet.policy)` has the answer held for somebody, which cannot be done yet",
          PolicyRecord(verdict)))
    }
    for requirement in PolicyObligations.Requirement.allCases where obligations.required.contains(requirement) {
      guard question.meets.contains(requirement) else {
        let fact = "policy \(verdict.named) requires `\(requirement.rawValue)`"
        return .failure(Refusal(unmet: fact, PolicyRecord(verdict)))
      }
    }
    verdict.notices = obligations.notices
    return .success((verdict, obligations))
  }
}

extension PolicyVerdict {
  /// Its policies, for a message.
  fileprivate var named: String { policies.map { "`\($0)`" }.joined(separator: ", ") }
}

extension PolicyObligations {
  /// Why what is allowed only without identifiers does not go out with a part that nobody can search for them.
  fileprivate func objection(toUnread isUnread: Bool, of verdict: PolicyVerdict) -> Refusal? {
    guard redactsWhatLeaves, isUnread else { return nil }
    let fact = "a part cannot be searched for identifiers, which policy \(verdict.named) has taken out"
    return Refusal(unmet: fact, PolicyRecord(verdict))
  }
}

extension ToolRoute {
  /// Carries out what the policies that allow a message oblige to; what cannot be is refused.
  fileprivate mutating func take(
    _ obligations: PolicyObligations, of verdict: PolicyVerdict, showing isShown: Bool
  ) throws(Refusal) {
    guard !obligations.redactsWhatLeaves || !isShown else {
      let fact = "the tool server is shown identifiers, which policy \(verdict.named) has taken out"
      throw Refusal(unmet: fact, PolicyRecord(verdict))
    }
    guard !obligations.redactsInAnswers.isEmpty else { return }
    useCase.restores.subtract(obligations.redactsInAnswers)
    novelty = .redact
  }

  /// Has its answers carry no identifiers but as tokens and labels.
  fileprivate mutating func showNoIdentifiers() {
    useCase.showNoIdentifiers()
    novelty = .redact
  }
}

extension UseCase {
  /// Whether answers may carry identifiers in the clear at all.
  var showsIdentifiers: Bool { !restores.isEmpty || novelty == .pass }

  /// Has answers carry tokens only.
  mutating func showNoIdentifiers() {
    restores = []
    approval = nil
    restrictNovelty()
  }

  /// Has answers carry tokens for these, and nothing that nobody had given.
  fileprivate mutating func restoreNone(of identifiers: Set<Identifier>) {
    restores.subtract(identifiers)
    restrictNovelty()
  }

  /// Lets no identifier pass that nobody had given.
  private mutating func restrictNovelty() { if novelty == .pass { novelty = .redact } }
}
