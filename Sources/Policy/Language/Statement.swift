/// One policy or template: to whom it applies, and under which conditions.
package struct Statement: Hashable, Sendable {
  /// What a satisfied statement does.
  package enum Effect: String, Hashable, Sendable { case permit, forbid }

  /// A name and perhaps a text that say something about the statement and decide nothing.
  package struct Annotation: Hashable, Sendable {
    /// The name.
    package var name: Text
    /// The text; nil when none is given.
    package var value: Text?
  }

  /// A `when` or `unless` clause.
  package struct Condition: Hashable, Sendable {
    /// Whether the expression must hold, or must not.
    package enum Kind: String, Hashable, Sendable { case when, unless }

    /// Which of the two.
    package var kind: Kind
    /// The expression.
    package var body: Expression
  }

  /// The id in its set.
  package var id: Text
  /// What it does when satisfied.
  package var effect: Effect
  /// What is noted beside it, in the order written.
  package var annotations: [Annotation] = []
  /// The principals it is about.
  package var principal: Scope = .any
  /// The actions it is about.
  package var action: ActionScope = .any
  /// The resources it is about.
  package var resource: Scope = .any
  /// The conditions, in the order written.
  package var conditions: [Condition] = []

  /// The text of an annotation; empty when it is there without one.
  package func annotation(_ name: Text) -> Text? {
    annotations.first { $0.name == name }.map { $0.value ?? "" }
  }

  /// The slots that a link must fill.
  package var slots: [Slot] {
    (principal.hasSlot ? [.principal] : []) + (resource.hasSlot ? [.resource] : [])
  }
}

/// What a scope asks of the principal or the resource.
package enum Scope: Hashable, Sendable {
  /// What it is compared with.
  package enum Subject: Hashable, Sendable {
    /// A named entity.
    case entity(EntityUID)
    /// Whatever a link puts there.
    case slot
  }

  /// Nothing.
  case any
  /// That it is this entity.
  case equal(Subject)
  /// That it is this entity or below it.
  case isIn(Subject)
  /// That it is of this type.
  case isType(Text)
  /// Both.
  case isTypeIn(Text, Subject)

  var hasSlot: Bool {
    switch self {
    case .equal(.slot), .isIn(.slot), .isTypeIn(_, .slot): true
    case .any, .equal, .isIn, .isType, .isTypeIn: false
    }
  }

  /// The scope with its slot filled.
  func filled(with uid: EntityUID?) -> Scope {
    guard let uid else { return self }
    switch self {
    case .equal(.slot): return .equal(.entity(uid))
    case .isIn(.slot): return .isIn(.entity(uid))
    case .isTypeIn(let type, .slot): return .isTypeIn(type, .entity(uid))
    case .any, .equal, .isIn, .isType, .isTypeIn: return self
    }
  }
}

/// What a scope asks of the action.
package enum ActionScope: Hashable, Sendable {
  /// Nothing.
  case any
  /// That it is this one.
  case equal(EntityUID)
  /// That it is one of these or below one.
  case isIn([EntityUID])
}
