extension Statement {
  /// Whether it may allow more to a principal that is in none of these groups any more: it forbids those who are in one, or
  /// permits those who are in none.
  ///
  /// It is said of the text, whatever requests there are: of a condition in which both stand otherwise than as `principal in
  /// …` it is supposed. A group that is named by an attribute only is not seen.
  package func mayAllowMore(outside groups: Set<EntityUID>) -> Bool {
    let forbids = effect == .forbid
    if forbids, principal.names(groups) { return true }
    return conditions.contains { condition in
      condition.body.tests(groups, isAsked: (condition.kind == .when) == forbids)
    }
  }
}

extension Scope {
  fileprivate func names(_ groups: Set<EntityUID>) -> Bool {
    switch self {
    case .isIn(.entity(let uid)), .isTypeIn(_, .entity(let uid)): groups.contains(uid)
    case .any, .equal, .isType, .isIn(.slot), .isTypeIn(_, .slot): false
    }
  }
}

extension Expression {
  /// Whether it asks that the principal is in one of these groups, or, unless `isAsked`, that it is in none.
  fileprivate func tests(_ groups: Set<EntityUID>, isAsked: Bool) -> Bool {
    switch self {
    case .all(let operands), .any(let operands): operands.contains { $0.tests(groups, isAsked: isAsked) }
    case .not(let operand): operand.tests(groups, isAsked: !isAsked)
    case .conditional(let condition, let consequence, let alternative):
      condition.names(groups) || consequence.tests(groups, isAsked: isAsked)
        || alternative.tests(groups, isAsked: isAsked)
    case .binary(.isIn, .variable(.principal), let group): isAsked && group.contains { groups.contains($0) }
    case .isType(.variable(.principal), _, in: let group):
      isAsked && group.map { $0.contains { groups.contains($0) } } == true
    default: names(groups)
    }
  }

  /// Whether the principal and one of these groups stand in it.
  private func names(_ groups: Set<EntityUID>) -> Bool {
    mentionsPrincipal && contains { groups.contains($0) }
  }

  private var mentionsPrincipal: Bool {
    if case .variable(.principal) = self { true } else { parts.contains(where: \.mentionsPrincipal) }
  }

  /// Whether an entity that fits stands in it.
  private func contains(_ fits: (EntityUID) -> Bool) -> Bool {
    if case .entity(let uid) = self { fits(uid) } else { parts.contains { $0.contains(fits) } }
  }
}
