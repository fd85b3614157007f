package import Ciphers
import Ledger
import Policy

/// That the policies allow a request, and by which of them.
package struct PolicyVerdict: Sendable {
  /// The version of the set that decided.
  package let set: Digest
  /// By which agreement of two people that set is in force; nil for one that nobody has adopted.
  let adoption: ConfiguredName?
  /// The policies that permit it, in their order.
  private(set) var policies: [String]
  /// What the log keeps of what was asked.
  private(set) var facts: ConfiguredName?
  /// What was asked, to be asked again; nil where it was asked for many requests at once.
  private(set) var question: PolicyQuestion?
  /// Who is to be told that it was allowed.
  var notices: Set<ConfiguredName> = []

  init(_ policy: PolicyInForce, _ decision: Policy.Decision, _ question: PolicyQuestion) {
    set = policy.digest
    adoption = policy.adoption
    policies = decision.reasons.map(\.string)
    facts = question.facts
    self.question = question
  }

  /// Takes in what allows another part of the same request.
  mutating func join(_ other: PolicyVerdict) {
    for id in other.policies where !policies.contains(id) { policies.append(id) }
    notices.formUnion(other.notices)
    if facts != other.facts { facts = nil }
    let (mine, others) = (question?.request, other.question?.request)
    if mine?.resource != others?.resource || mine?.principal != others?.principal { question = nil }
  }

  /// Takes in that the identifiers of answers may be shown.
  mutating func joinSight(_ other: PolicyVerdict) {
    for id in other.policies where !policies.contains(id) { policies.append(id) }
    notices.formUnion(other.notices)
  }
}

/// What the log says of the policies that decided, whichever way.
struct PolicyRecord: Hashable, Sendable {
  let set: Digest
  let policies: ConfiguredName?
  let facts: ConfiguredName?
  let adoption: ConfiguredName?

  init(set: Digest, policies: [String], facts: ConfiguredName?, adoption: ConfiguredName?) {
    self.set = set
    self.policies = Self.joined(policies)
    self.facts = facts
    self.adoption = adoption
  }

  /// Which version is in force.
  init(_ policy: PolicyInForce) {
    self.init(set: policy.digest, policies: [], facts: nil, adoption: policy.adoption)
  }

  init(_ verdict: PolicyVerdict) {
    self.init(set: verdict.set, policies: verdict.policies, facts: verdict.facts, adoption: verdict.adoption)
  }

  /// The policies in one name, as many as fit; what was left out is counted.
  private static func joined(_ policies: [String]) -> ConfiguredName? {
    var shown = policies.count
    while shown > 0 {
      let rest = policies.count - shown
      let text = policies.prefix(shown).joined(separator: "+") + (rest > 0 ? "+\(rest)" : "")
      if let name = ConfiguredName(text) { return name }
      shown -= 1
    }
    return nil
  }
}

extension Entry {
  /// Says which policies decided, of which version of the set, and what they were asked.
  mutating func name(_ record: PolicyRecord?) {
    guard let record else { return }
    policy = record.policies
    policySet = record.set
    policyFacts = record.facts
    policyAdoption = record.adoption ?? .unsigned
  }
}

extension ConfiguredName {
  /// What stands where a set of policies is in force that nobody has adopted.
  fileprivate static let unsigned = ConfiguredName("unsigned")
}
