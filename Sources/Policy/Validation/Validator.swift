/// Checks policies against a schema, strictly: what passes cannot fail when evaluated, except by overflow or by an
/// entity that is not given.
package struct Validator: Sendable {
  private let schema: Schema

  /// A validator for `schema`.
  package init(_ schema: Schema) { self.schema = schema }

  /// What does not fit, in the order of the policies; empty when all is well.
  package func faults(in set: PolicySet) throws(PolicyError) -> [ValidationFault] {
    var faults: [ValidationFault] = []
    for statement in try set.resolved() + set.templates { faults += self.faults(in: statement) }
    return faults
  }

  /// What does not fit in one policy or template.
  package func faults(in statement: Statement) -> [ValidationFault] {
    var faults: [ValidationFault] = []
    let condition = statement.fullCondition
    condition.forEachPart { part in
      switch part {
      case .entity(let uid) where uid.isAction:
        if schema.actions[uid] == nil { faults.append(fault(.unknownAction, part)) }
      case .entity(let uid):
        if !schema.isKnown(uid.type) {
          faults.append(fault(.unknownEntityType, part))
        } else if !schema.admits(uid) {
          faults.append(fault(.unknownChoice, part))
        }
      case .isType(_, let type, _) where !schema.isKnown(type): faults.append(fault(.unknownEntityType, part))
      default: break
      }
    }
    if !isApplicable(statement) { faults.append(fault(.impossibleScope, condition)) }
    for environment in environments(of: statement) {
      var typechecker = Typechecker(schema: schema, environment: environment)
      typechecker.check(condition)
      faults += typechecker.faults
    }
    var met = Set<ValidationFault>()
    return faults.compactMap {
      let named = ValidationFault(policy: statement.id, code: $0.code, subject: $0.subject)
      return met.insert(named).inserted ? named : nil
    }
  }

  private func fault(_ code: ValidationFault.Code, _ expression: Expression) -> ValidationFault {
    ValidationFault(policy: "", code: code, subject: expression.description)
  }

  // Some action must apply to some principal and some resource that the scope is about.
  private func isApplicable(_ statement: Statement) -> Bool {
    let actions: [Schema.Action] =
      switch statement.action {
      case .any: Array(schema.actions.values)
      case .equal(let uid): schema.actions[uid].map { [$0] } ?? []
      case .isIn(let groups): groups.allSatisfy { schema.actions[$0] != nil } ? schema.actions(in: groups) : []
      }
    let (principals, resources) = (types(admittedBy: statement.principal), types(admittedBy: statement.resource))
    return actions.contains { action in
      action.principals.contains(where: principals) && action.resources.contains(where: resources)
    }
  }

  private func types(admittedBy scope: Scope) -> (Text) -> Bool {
    switch scope {
    case .any, .equal(.slot), .isIn(.slot): return { _ in true }
    case .equal(.entity(let uid)): return { $0 == uid.type }
    case .isIn(.entity(let uid)):
      let types = Set(schema.types(in: uid.type))
      return { types.contains($0) }
    case .isType(let type), .isTypeIn(let type, .slot): return { $0 == type && schema.isKnown(type) }
    case .isTypeIn(let type, .entity(let uid)):
      let types = Set(schema.types(in: uid.type))
      return { $0 == type && types.contains($0) }
    }
  }

  private func environments(of statement: Statement) -> [Typechecker.Environment] {
    var environments: [Typechecker.Environment] = []
    for action in schema.actions.values.sorted(by: { $0.uid < $1.uid }) {
      for principal in action.principals {
        for resource in action.resources {
          for principalSlot in slotTypes(statement.principal, for: principal) {
            for resourceSlot in slotTypes(statement.resource, for: resource) {
              environments.append(
                Typechecker.Environment(
                  action: action, principal: principal, resource: resource, principalSlot: principalSlot,
                  resourceSlot: resourceSlot))
            }
          }
        }
      }
    }
    return environments
  }

  // The types of entities that may stand in a slot when the variable is of type `type`.
  private func slotTypes(_ scope: Scope, for type: Text) -> [Text?] {
    switch scope {
    case .equal(.slot): [type]
    case .isIn(.slot), .isTypeIn(_, .slot): [type] + (schema.entityTypes[type]?.ancestors.sorted() ?? [])
    case .any, .equal, .isIn, .isType, .isTypeIn: [nil]
    }
  }
}

extension Expression {
  /// Calls `body` for this expression and every one below it.
  func forEachPart(_ body: (Expression) -> Void) {
    body(self)
    for part in parts { part.forEachPart(body) }
  }
}

extension Statement {
  /// Scope and conditions as one expression.
  package var fullCondition: Expression {
    let scopes = [
      principal.expression(.variable(.principal), .principal), action.expression,
      resource.expression(.variable(.resource), .resource),
    ]
    let bodies = conditions.map { $0.kind == .when ? $0.body : .not($0.body) }
    return .all(scopes + (bodies.count > 1 ? [.all(bodies)] : bodies.isEmpty ? [.bool(true)] : bodies))
  }
}

extension Scope {
  fileprivate func expression(_ variable: Expression, _ slot: Slot) -> Expression {
    switch self {
    case .any: .bool(true)
    case .equal(let subject): .binary(.equal, variable, subject.expression(slot))
    case .isIn(let subject): .binary(.isIn, variable, subject.expression(slot))
    case .isType(let type): .isType(variable, type, in: nil)
    case .isTypeIn(let type, let subject): .isType(variable, type, in: subject.expression(slot))
    }
  }
}

extension Scope.Subject {
  fileprivate func expression(_ slot: Slot) -> Expression {
    switch self {
    case .entity(let uid): .entity(uid)
    case .slot: .slot(slot)
    }
  }
}

extension ActionScope {
  fileprivate var expression: Expression {
    switch self {
    case .any: .bool(true)
    case .equal(let uid): .binary(.equal, .variable(.action), .entity(uid))
    case .isIn(let uids): .binary(.isIn, .variable(.action), .set(uids.map { .entity($0) }))
    }
  }
}
