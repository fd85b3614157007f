package import Ciphers
import Ledger
import PHI
import Policy

/// That the policies allow a request, and by which of them.
package struct PolicyVerdict: Sendable {
  /// The version of the set that decided.
  package let set: Digest
  /// By which agreement of two people that set is in force; nil for one that nobody has adopted.
  let adoption: ConfiguredName?
  /// Whose request it is; nil of what others than the gateway ask.
  private let caller: String?
  /// Who acted in which roles when it was asked, as far as it has to do with that.
  private let house: PolicyHouse
  /// The policies that permit it, in their order.
  private(set) var policies: [String]
  /// What the log keeps of what was asked.
  private(set) var facts: ConfiguredName?
  /// What was asked and allowed, to be asked again: the request, and that identifiers are shown.
  private(set) var questions: [PolicyQuestion]
  /// Whether these are all of them; of the requests of a batch there may be more than are kept.
  private(set) var isWhole = true
  /// The policies that keep the identifiers of answers back, or the rule by which nothing lets them be shown; none where
  /// they are shown, or where there is nothing to show.
  private(set) var withheld: [String] = []
  /// The kinds of identifiers that answers carry in the clear.
  private(set) var shown: Set<Identifier> = []
  /// Whether answers carry identifiers that nobody has given.
  private(set) var showsOthers = false
  /// Who is to be told that it was allowed.
  var notices: Set<ConfiguredName> = []

  private static let mostQuestions = 64

  init(_ policy: PolicyInForce, _ decision: Policy.Decision, _ question: PolicyQuestion) {
    set = policy.digest
    adoption = policy.adoption
    caller = question.caller
    house = policy.house.concerning(caller)
    policies = decision.reasons.map(\.string)
    facts = question.facts
    questions = [question]
  }

  /// Whether policies in force are the same, and are told the same of people.
  func isOf(_ policy: PolicyInForce) -> Bool { set == policy.digest && house == policy.house.concerning(caller) }

  /// Takes in what allows another part of the same request.
  mutating func join(_ other: PolicyVerdict) {
    for id in other.policies where !policies.contains(id) { policies.append(id) }
    notices.formUnion(other.notices)
    if facts != other.facts { facts = nil }
    for id in other.withheld where !withheld.contains(id) { withheld.append(id) }
    shown.formUnion(other.shown)
    showsOthers = showsOthers || other.showsOthers
    ask(other.questions)
    isWhole = isWhole && other.isWhole
  }

  /// Takes in that the identifiers of answers may be shown.
  mutating func joinSight(_ other: PolicyVerdict) {
    for id in other.policies where !policies.contains(id) { policies.append(id) }
    notices.formUnion(other.notices)
    ask(other.questions)
  }

  /// Takes in that the identifiers of answers may not be shown, and why.
  mutating func withhold(by refusal: Refusal) {
    let ids = refusal.policy?.ids ?? []
    withheld = ids.isEmpty ? [refusal.rule.rawValue] : ids
  }

  /// Takes in what of identifiers answers carry in the clear.
  mutating func show(_ kinds: Set<Identifier>, andOthers: Bool) { (shown, showsOthers) = (kinds, andOthers) }

  private mutating func ask(_ others: [PolicyQuestion]) {
    for other in others where !questions.contains(where: { $0.isSame(as: other) }) {
      guard questions.count < Self.mostQuestions else {
        isWhole = false
        return
      }
      questions.append(other)
    }
  }
}

/// What the log says of the policies that decided, whichever way.
struct PolicyRecord: Hashable, Sendable {
  let set: Digest
  /// Each of them, however many.
  let ids: [String]
  let policies: ConfiguredName?
  let facts: ConfiguredName?
  let adoption: ConfiguredName?
  /// Which policies keep the identifiers of the answer back, or the rule by which nothing lets them be shown.
  private(set) var withheld: ConfiguredName?

  init(set: Digest, policies: [String], facts: ConfiguredName?, adoption: ConfiguredName?) {
    self.set = set
    ids = policies
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
    withheld = Self.joined(verdict.withheld)
  }

  /// The policies in one name, as many as fit; what was left out is counted.
  static func joined(_ policies: [String]) -> ConfiguredName? {
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
    policyWithheld = record.withheld
  }
}

extension ConfiguredName {
  /// What stands where a set of policies is in force that nobody has adopted.
  fileprivate static let unsigned = ConfiguredName("unsigned")
}
