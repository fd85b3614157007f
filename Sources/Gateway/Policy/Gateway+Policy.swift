import Deidentification
import Ledger
import PHI
import Policy
import Providers

extension Gateway {
  /// Asks the policies whether a request may go by a route; the route that is given back says which allow it, and shows of
  /// identifiers what they let be shown.
  ///
  /// Where there are no policies, the route stays as it is.
  func permitted(
    _ route: Admission.Route, _ matter: (inout PolicyMatter) -> Void, to action: PolicyAction
  ) -> Result<Admission.Route, Refusal> {
    guard let policy else { return .success(route) }
    var asked = PolicyMatter(
      caller: route.caller, user: nil, useCase: route.useCase, vendor: route.vendor,
      target: .route(model: route.model), agreement: route.agreement, now: clock.wall())
    matter(&asked)
    let question = PolicyQuestion(asked, action, in: policy)
    var route = route
    switch policy.answer(question, about: asked) {
    case .failure(let refusal): return .failure(refusal)
    case .success(let (permission, obligations)):
      var verdict = permission
      route.useCase.restores.subtract(obligations.redactsInAnswers)
      if !obligations.redactsInAnswers.isEmpty { route.useCase.restrictNovelty() }
      if route.useCase.showsIdentifiers {
        switch policy.answer(question.about(.seeIdentifiers), about: asked) {
        case .failure: route.useCase.showNoIdentifiers()
        case .success(let (sight, others)):
          verdict.joinSight(sight)
          route.useCase.restores.subtract(others.redactsInAnswers)
          if !others.redactsInAnswers.isEmpty { route.useCase.restrictNovelty() }
        }
      }
      route.verdict = verdict
      return .success(route)
    }
  }

  /// Asks the policies whether a message may go to a tool server, and whether that may be shown identifiers and tell any.
  ///
  /// What the server would have to be told in tokens, with which it could do nothing, is refused.
  func permitted(_ route: ToolRoute, _ matter: PolicyMatter) -> Result<ToolRoute, Refusal> {
    guard let policy else { return .success(route) }
    let question = PolicyQuestion(matter, .useTool, in: policy)
    var route = route
    do throws(Refusal) {
      let (permission, obligations) = try policy.answer(question, about: matter).get()
      var verdict = permission
      try route.take(obligations, of: verdict, showing: matter.isShown)
      // What names no tool brings nothing of anybody's, and is told nothing of anybody's.
      if case .tool(.some) = matter.target {
        switch policy.answer(question.about(.seeIdentifiers), about: matter) {
        case .failure(let refusal):
          guard !matter.isShown else { throw refusal }
          route.showNoIdentifiers()
        case .success(let (sight, others)):
          try route.take(others, of: sight, showing: matter.isShown)
          verdict.joinSight(sight)
        }
      } else {
        route.showNoIdentifiers()
      }
      route.verdict = verdict
      return .success(route)
    } catch {
      return .failure(error)
    }
  }

  /// Why the policies in force do not allow any more what others had; nil when they do.
  func withdrawal(of verdict: PolicyVerdict?) -> Refusal? {
    guard let policy, let verdict, verdict.set != policy.digest else { return nil }
    return objection(to: verdict)
  }

  /// Why the policies do not allow what they had, now; nil when they do.
  func objection(to verdict: PolicyVerdict?) -> Refusal? {
    guard let policy, let question = verdict?.question?.at(clock.wall()) else { return nil }
    let decision = policy.decide(question)
    return decision.isAllowed ? nil : Refusal(policy, decision, question)
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

  /// What of a request stays inside by law, whether the configuration has it found or not.
  func sensitive(in text: [UInt8], beside known: Set<SensitiveClass>) -> Set<SensitiveClass> {
    guard let policy else { return known }
    return known.union(policy.words.classes(in: text))
  }
}

extension PolicyInForce {
  /// What allows a request and what that asks for, or why it is refused.
  fileprivate func answer(
    _ question: PolicyQuestion, about matter: PolicyMatter
  ) -> Result<(PolicyVerdict, PolicyObligations), Refusal> {
    let decision = decide(question)
    guard decision.isAllowed else { return .failure(Refusal(self, decision, question)) }
    var verdict = PolicyVerdict(self, decision, question)
    let obligations = PolicyObligations(authorizer.obligations(of: decision))
    if let unmet = obligations.unmet {
      return .failure(
        Refusal(unmet: "policy `\(unmet.policy)` has the answer held for somebody, which cannot be done yet", verdict))
    }
    for requirement in PolicyObligations.Requirement.allCases where obligations.required.contains(requirement) {
      guard matter.meets(requirement) else {
        return .failure(Refusal(unmet: "policy \(verdict.named) requires `\(requirement.rawValue)`", verdict))
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

extension PolicyMatter {
  fileprivate func meets(_ requirement: PolicyObligations.Requirement) -> Bool {
    switch requirement {
    case .mfa: caller.attests.contains(.mfa)
    case .managedDevice: caller.attests.contains(.managedDevice)
    case .user: user != nil
    case .patient: isAboutPatient
    case .approval: useCase.approval != nil
    }
  }
}

extension ToolRoute {
  /// Carries out what the policies that allow a message oblige to; what cannot be is refused.
  fileprivate mutating func take(
    _ obligations: PolicyObligations, of verdict: PolicyVerdict, showing isShown: Bool
  ) throws(Refusal) {
    guard !obligations.redactsWhatLeaves || !isShown else {
      throw Refusal(unmet: "the tool server is shown identifiers, which policy \(verdict.named) has taken out", verdict)
    }
    useCase.restores.subtract(obligations.redactsInAnswers)
    if !obligations.redactsInAnswers.isEmpty { novelty = .redact }
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

  /// Lets no identifier pass that nobody had given.
  mutating func restrictNovelty() { if novelty == .pass { novelty = .redact } }
}
