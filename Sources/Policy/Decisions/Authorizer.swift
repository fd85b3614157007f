/// Decides requests by a set of policies.
///
/// Nothing is allowed unless a policy permits it; a policy that forbids has the last word; a policy that fails has none.
package struct Authorizer: Sendable {
  /// A policy ready for use.
  struct Entry: Sendable {
    var statement: Statement
    /// Where the conjunction of its conditions is in the program; nil when it has none.
    var condition: Int32?
  }

  let program: Program
  let entries: [Entry]
  private let index: ActionIndex

  /// An authoriser for the policies of `set`, links included.
  package init(_ set: PolicySet) throws(PolicyError) {
    var program = Program()
    var entries: [Entry] = []
    for statement in try set.resolved() {
      let condition = statement.conditionExpression.map { program.add($0) }
      entries.append(Entry(statement: statement, condition: condition))
    }
    self.program = program
    self.entries = entries
    index = ActionIndex(entries.map(\.statement.action))
  }

  /// The policies, links resolved, in the order in which reasons are listed.
  package var statements: [Statement] { entries.map(\.statement) }

  /// The decision on `request`.
  package func decide(_ request: Request, _ entities: Entities) -> Decision {
    let evaluator = Evaluator(program, request, entities)
    var permits: [Int32] = []
    var forbids: [Int32] = []
    var failures: [(Int32, EvaluationError)] = []
    index.forEachCandidate(request.action, entities[request.action]?.ancestors ?? []) { place in
      do throws(EvaluationError) {
        guard try isSatisfied(entries[Int(place)], evaluator) else { return }
        switch entries[Int(place)].statement.effect {
        case .permit: permits.append(place)
        case .forbid: forbids.append(place)
        }
      } catch {
        failures.append((place, error))
      }
    }
    return Decision(
      forbids.isEmpty && !permits.isEmpty ? .allow : .deny,
      reasons: (forbids.isEmpty ? permits : forbids).sorted().map { entries[Int($0)].statement.id },
      failures: failures.sorted { $0.0 < $1.0 }.map {
        Decision.Failure(policy: entries[Int($0.0)].statement.id, error: $0.1)
      })
  }

  private func isSatisfied(_ entry: Entry, _ evaluator: Evaluator) throws(EvaluationError) -> Bool {
    guard entry.statement.principal.admits(evaluator.request.principal, evaluator),
      entry.statement.resource.admits(evaluator.request.resource, evaluator)
    else { return false }
    guard let condition = entry.condition else { return true }
    return try evaluator.truth(condition)
  }
}

extension Scope {
  /// Whether the scope is about `uid`.
  func admits(_ uid: EntityUID, _ evaluator: Evaluator) -> Bool {
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
  fileprivate func holds(_ uid: EntityUID, _ evaluator: Evaluator) -> Bool {
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
