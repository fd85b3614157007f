import Ciphers
import Ledger
import Policy

/// What was decided of the questions of one call, for the log: alike ones together.
///
/// Of questions that are alike in action, outcome and policies there is one entry with how many they were; of what is left
/// when there are many kinds, one for what was allowed and one for what was not.
struct AccessDecisions {
  /// Questions that were decided alike.
  struct Kind: Hashable {
    /// The action; nil where the question names none, or it is one of many that are left.
    let action: String?
    let isAllowed: Bool
    let policies: [String]
    /// The rule by which the register of consents refuses; nil where it has nothing against it.
    let rule: Refusal.Rule?
  }

  /// How many entries one call has at most.
  private static let mostKinds = 64

  /// The kinds, in the order in which they came, how many questions were of each, and the tags of the patients whom they name.
  private(set) var kinds: [(kind: Kind, count: Int, tags: Set<Digest>)] = []

  /// Takes in a decision.
  mutating func take(
    _ decision: Policy.Decision, of question: PolicyQuestion, refusedBy rule: Refusal.Rule?, about tags: Set<Digest>
  ) {
    take(
      Kind(
        action: question.request.action.id.string, isAllowed: decision.isAllowed && rule == nil,
        policies: decision.reasons.map(\.string), rule: rule), about: tags)
  }

  /// Takes in that a question was none, which is answered by a denial.
  mutating func takeFault() { take(Kind(action: nil, isAllowed: false, policies: [], rule: nil)) }

  private mutating func take(_ kind: Kind, about tags: Set<Digest> = []) {
    var kind = kind
    var place = kinds.firstIndex { $0.kind == kind }
    if place == nil, kinds.count >= Self.mostKinds - 2 {
      kind = Kind(action: nil, isAllowed: kind.isAllowed, policies: [], rule: nil)
      place = kinds.firstIndex { $0.kind == kind }
    }
    guard let place else { return kinds.append((kind, 1, tags)) }
    kinds[place].count += 1
    kinds[place].tags.formUnion(tags)
  }
}
