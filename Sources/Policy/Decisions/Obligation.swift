/// Something to be done when a request is allowed, as the policies that allow it say in annotations.
package struct Obligation: Hashable, Sendable {
  /// The obligations there are.
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    /// Take something out of the text, or out of the answer.
    case redact
    /// Ask for more first, such as a second factor.
    case require
    /// Keep the answer until somebody has looked at it.
    case hold
    /// Tell somebody.
    case notify
  }

  /// What is to be done.
  package var kind: Kind
  /// To what or to whom; empty when the annotation does not say.
  package var argument: Text
  /// The policy that asks for it.
  package var policy: Text

  /// An obligation that a policy asks for.
  package init(kind: Kind, argument: Text, policy: Text) {
    self.kind = kind
    self.argument = argument
    self.policy = policy
  }
}

extension Authorizer {
  /// What the policies that decided ask for, in their order.
  package func obligations(of decision: Decision) -> [Obligation] {
    guard decision.isAllowed else { return [] }
    let reasons = Set(decision.reasons)
    return statements.filter { reasons.contains($0.id) }.flatMap { statement in
      Obligation.Kind.allCases.compactMap { kind in
        statement.annotation(Text(kind.rawValue)).map {
          Obligation(kind: kind, argument: $0, policy: statement.id)
        }
      }
    }
  }
}
