/// Works out the expressions of a program for one request.
///
/// Evaluation ends for every input: an expression has at most `Expression.heightLimit` levels, and a node looks at each
/// part of a value at most once for each part of another.
struct Evaluator {
  let program: Program
  let request: AccessRequest
  let entities: Entities
  let principal: Entity?
  let resource: Entity?

  init(_ program: Program, _ request: AccessRequest, _ entities: Entities) {
    self.program = program
    self.request = request
    self.entities = entities
    principal = entities[request.principal]
    resource = entities[request.resource]
  }

  /// What is known about an entity.
  func entity(_ uid: EntityUID) -> Entity? {
    if uid == request.principal { return principal }
    if uid == request.resource { return resource }
    return entities[uid]
  }

  /// Whether an entity is another or below it.
  func isEntity(_ uid: EntityUID, in group: EntityUID) -> Bool {
    uid == group || entity(uid)?.ancestors.contains(group) == true
  }

  /// The truth value of the expression at `place`.
  func truth(_ place: Int32) throws(EvaluationError) -> Bool {
    switch program.nodes[Int(place)] {
    case .all(let first, let count):
      for index in first..<(first + count) where try !truth(program.operands[Int(index)]) { return false }
      return true
    case .any(let first, let count):
      for index in first..<(first + count) where try truth(program.operands[Int(index)]) { return true }
      return false
    case .not(let operand): return try !truth(operand)
    case .conditional(let condition, let consequence, let alternative):
      return try truth(condition) ? truth(consequence) : truth(alternative)
    case .binary(.isIn, let left, let right): return try membership(left, right)
    case .binary(.equal, let left, let right): return try value(left) == value(right)
    case .has(let operand, let first, let count): return try has(value(operand), first, count)
    case .like(let operand, let pattern): return try program.patterns[Int(pattern)].matches(value(operand).text())
    case .isType(let operand, let type): return try value(operand).uid().type == program.names[Int(type)]
    case .isTypeIn(let operand, let type, let group):
      let uid = try value(operand).uid()
      guard uid.type == program.names[Int(type)] else { return false }
      return try isMember(uid, of: value(group))
    default: return try value(place).truth()
    }
  }

  /// The value of the expression at `place`.
  func value(_ place: Int32) throws(EvaluationError) -> Value {
    switch program.nodes[Int(place)] {
    case .constant(let index): return program.constants[Int(index)]
    case .variable(let variable): return value(of: variable)
    case .conditional(let condition, let consequence, let alternative):
      return try truth(condition) ? value(consequence) : value(alternative)
    case .all, .any, .not, .has, .like, .isType, .isTypeIn, .binary(.isIn, _, _), .binary(.equal, _, _):
      return .bool(try truth(place))
    case .negation(let operand): return try value(operand).negated()
    case .binary(.hasTag, let left, let right):
      let (uid, tag) = (try value(left).uid(), try value(right).text())
      return .bool(entity(uid)?.tags[tag] != nil)
    case .binary(.getTag, let left, let right):
      let (uid, tag) = (try value(left).uid(), try value(right).text())
      guard let entity = entity(uid) else { throw .missingEntity }
      guard let value = entity.tags[tag] else { throw .missingTag }
      return value
    case .binary(let symbol, let left, let right): return try value(left).applying(symbol, value(right))
    case .isEmpty(let operand): return .bool(try value(operand).elements().isEmpty)
    case .attribute(let operand, let name): return try attribute(program.names[Int(name)], of: operand)
    case .set(let first, let count): return .set(Set(try values(first, count)))
    case .record(let first, let name, let count):
      return .record(Record(zip(program.names[Int(name)...], try values(first, count))) { $1 })
    case .call(let function, let first, let count): return try Value.calling(function, values(first, count))
    case .unknown: throw .unknown
    }
  }

  private func value(of variable: Variable) -> Value {
    switch variable {
    case .principal: .entity(request.principal)
    case .action: .entity(request.action)
    case .resource: .entity(request.resource)
    case .context: .record(request.context)
    }
  }

  private func values(_ first: Int32, _ count: Int32) throws(EvaluationError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(Int(count))
    for index in first..<(first + count) { values.append(try value(program.operands[Int(index)])) }
    return values
  }

  private func membership(_ left: Int32, _ right: Int32) throws(EvaluationError) -> Bool {
    let uid = try value(left).uid()
    return try isMember(uid, of: value(right))
  }

  private func isMember(_ uid: EntityUID, of group: Value) throws(EvaluationError) -> Bool {
    switch group {
    case .entity(let group): return isEntity(uid, in: group)
    case .set(let elements):
      var isMember = false
      // Every element is looked at, because one that is no entity is an error even after a match.
      for element in elements { isMember = try isEntity(uid, in: element.uid()) || isMember }
      return isMember
    default: throw .wrongKind(expected: [.set, .entity], found: group.kind)
    }
  }

  private func attribute(_ name: Text, of operand: Int32) throws(EvaluationError) -> Value {
    switch program.nodes[Int(operand)] {
    case .variable(.context): return try member(name, of: request.context)
    case .variable(.principal): return try member(name, of: principal)
    case .variable(.resource): return try member(name, of: resource)
    default: return try member(name, of: value(operand))
    }
  }

  private func member(_ name: Text, of value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .record(let record): return try member(name, of: record)
    case .entity(let uid): return try member(name, of: entity(uid))
    default: throw .wrongKind(expected: [.record, .entity], found: value.kind)
    }
  }

  private func member(_ name: Text, of record: Record) throws(EvaluationError) -> Value {
    guard let value = record[name] else { throw .missingAttribute(name) }
    return value
  }

  private func member(_ name: Text, of entity: Entity?) throws(EvaluationError) -> Value {
    guard let entity else { throw .missingEntity }
    return try member(name, of: entity.attributes)
  }

  private func has(_ value: Value, _ first: Int32, _ count: Int32) throws(EvaluationError) -> Bool {
    var value = value
    for index in first..<(first + count) {
      let name = program.names[Int(index)]
      let found: Value? =
        switch value {
        case .record(let record): record[name]
        case .entity(let uid): entity(uid)?.attributes[name]
        default: throw .wrongKind(expected: [.record, .entity], found: value.kind)
        }
      guard let found else { return false }
      value = found
    }
    return true
  }
}
