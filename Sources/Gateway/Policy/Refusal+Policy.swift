import Policy

extension Refusal {
  /// What a request is refused by that the policies do not allow: which of them, and what would change it.
  init(_ policy: PolicyInForce, _ decision: Policy.Decision, _ question: PolicyQuestion) {
    let isForbidden = !decision.reasons.isEmpty
    let fact = isForbidden ? Self.prohibition(policy, decision, question) : Self.absence(policy, question)
    self.init(isForbidden ? .forbiddenByPolicy : .notPermittedByPolicy, fact)
    self.policy = PolicyRecord(
      set: policy.digest, policies: decision.reasons.map(\.string), facts: question.facts, adoption: policy.adoption)
  }

  /// What a request is refused by that lacks what the policies which allow it ask for.
  init(unmet what: String, _ record: PolicyRecord) {
    self.init(.obligationUnmet, what)
    policy = record
  }

  private static func prohibition(
    _ policy: PolicyInForce, _ decision: Policy.Decision, _ question: PolicyQuestion
  ) -> String {
    let names = decision.reasons.map { "`\($0)`" }.joined(separator: ", ")
    let grounds = policy.explain(question).grounds
    // The scope says whom and what the policy is about; what follows it is what the request brings with it.
    let test = grounds.first?.tests.last { !$0.said.isEmpty && !$0.namesSomebody }
    return "policy \(names) forbids it" + (test.map { ": \($0.words(saying: "holds"))" } ?? "")
  }

  private static func absence(_ policy: PolicyInForce, _ question: PolicyQuestion) -> String {
    guard let miss = policy.explain(question).nearMisses.first else { return "no policy permits it" }
    let test = miss.firstFailure
    guard !test.namesSomebody else {
      return "no policy permits it; the nearest, `\(miss.policy)`, does not, because it is for others"
    }
    let said = test.said.isEmpty ? test.part : test.words(saying: "does not hold")
    let suffix = test.said.isEmpty ? " does not hold" : ""
    return "no policy permits it; the nearest, `\(miss.policy)`, does not, because \(said)\(suffix)"
  }
}

extension Policy.Explanation.Test {
  private static let longestText = 240

  /// Whether the part of the policy is about somebody, or about what is known of one: that is nobody's business who is
  /// refused.
  fileprivate var namesSomebody: Bool {
    let mentions = ["\(PolicyNames.person)::", "principal.", "principal has", "principal ==", "resource.asker"]
    return mentions.contains { text.contains($0) }
  }

  /// The part of the policy, cut where it is long.
  fileprivate var part: String {
    text.utf8.count <= Self.longestText ? "`\(text)`" : "`\(text.prefix(Self.longestText))…`"
  }

  /// The values that may be said: what the context says of the use, never who asks or is asked about.
  fileprivate var said: [Policy.Explanation.Reading] {
    values.filter { Self.sayable.contains($0.text) && $0.value != nil }
  }

  fileprivate func words(saying outcome: String) -> String {
    let values = said.map { "\($0.text) is \($0.value.map { "\($0)" } ?? "not there")" }.joined(separator: ", ")
    return "\(part) \(outcome), where \(values)"
  }

  private static let sayable: Set<String> = [
    "context.purpose", "context.classes", "context.confidentiality", "context.consents", "context.restricted",
    "context.useCase", "context.found", "context.shown", "context.circumstances.mfa",
    "context.circumstances.managedDevice", "context.circumstances.now", "resource.showsIdentifiers",
    "resource.approval", "resource.name", "resource.environment", "resource.model.vendor.agreement",
    "resource.model.vendor.inside", "resource.model.vendor.region", "resource.model.vendor.trainsOnInput",
    "resource.vendor.agreement", "resource.vendor.inside", "resource.vendor.region", "resource.vendor.trainsOnInput",
    "resource.agreement", "resource.inside", "resource.region", "resource.trainsOnInput",
  ]
}
