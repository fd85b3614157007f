/// Decides requests by a set of policies.
///
/// Nothing is allowed unless a policy permits it; a policy that forbids has the last word; a policy that fails has none.
package struct Authorizer: Sendable {
  /// The policies, links resolved, in the order in which reasons are listed.
  package let statements: [Statement]

  private let program: Program
  private let entries: [Entry]
  private let index: ScopeIndex

  /// What of a policy is looked at to decide.
  private struct Entry: Sendable {
    let effect: Statement.Effect
    let principal: Scope
    let resource: Scope
    /// Where the conjunction of its conditions is in the program; nil when it has none.
    let condition: Int32?
  }

  /// An authoriser for the policies of `set`, links included.
  package init(_ set: PolicySet) throws(PolicyError) {
    var program = Program()
    statements = try set.resolved()
    entries = statements.map { statement in
      Entry(
        effect: statement.effect, principal: statement.principal, resource: statement.resource,
        condition: statement.conditionExpression.map { program.add($0) })
    }
    self.program = program
    index = ScopeIndex(statements)
  }

  /// The decision on `request`.
  package func decide(_ request: AccessRequest, _ entities: Entities) -> Decision {
    let evaluator = Evaluator(program, request, entities)
    var permits: [Text] = []
    var forbids: [Text] = []
    var failures: [Decision.Failure] = []
    for place in index.candidates(evaluator) {
      do throws(EvaluationError) {
        guard try isSatisfied(Int(place), evaluator) else { continue }
        switch entries[Int(place)].effect {
        case .permit: permits.append(statements[Int(place)].id)
        case .forbid: forbids.append(statements[Int(place)].id)
        }
      } catch {
        failures.append(Decision.Failure(policy: statements[Int(place)].id, error: error))
      }
    }
    let effect: Decision.Effect = forbids.isEmpty && !permits.isEmpty ? .allow : .deny
    return Decision(effect, reasons: forbids.isEmpty ? permits : forbids, failures: failures)
  }

  private func isSatisfied(_ place: Int, _ evaluator: borrowing Evaluator) throws(EvaluationError) -> Bool {
    guard entries[place].principal.admits(evaluator.request.principal, evaluator),
      entries[place].resource.admits(evaluator.request.resource, evaluator)
    else { return false }
    guard let condition = entries[place].condition else { return true }
    return try evaluator.truth(condition)
  }
}

extension Scope {
  /// Whether the scope is about `uid`.
  func admits(_ uid: EntityUID, _ evaluator: borrowing Evaluator) -> Bool {
    switch self {
    case .any: true
    case .equal(let subject): subject == .entity(uid)
    case .isIn(let subject): subject.holds(uid, evaluator)
    case .isType(let type): uid.type == type
    case .isTypeIn(let type, let subject): uid.type == type && subject.holds(uid, evaluator)
    }
  }
}

extension Scope.Subject {
  fileprivate func holds(_ uid: EntityUID, _ evaluator: borrowing Evaluator) -> Bool {
    switch self {
    case .entity(let group): evaluator.isEntity(uid, in: group)
    case .slot: false
    }
  }
}

extension Statement {
  /// The conditions as one expression; nil when there are none.
  var conditionExpression: Expression? {
    let bodies = conditions.map { $0.kind == .when ? $0.body : .not($0.body) }
    return bodies.count > 1 ? .all(bodies) : bodies.first
  }
}
