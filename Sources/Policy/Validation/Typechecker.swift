/// Finds the type of every expression of a policy for one kind of request.
///
/// It knows more than types: conditions that are always true or false, and the attributes that a condition has asked
/// about before one is used.
struct Typechecker {
  /// A kind of request.
  struct Environment {
    var action: Schema.Action
    var principal: Text
    var resource: Text
    var principalSlot: Text?
    var resourceSlot: Text?
  }

  /// What is known of an expression.
  struct Typing {
    /// Nil when it has none.
    var type: ValueType?
    /// False when something below it does not fit.
    var fits = true
    /// What is there if the expression is true.
    var capabilities = Capabilities.none
    /// The type of what `is` was asked about.
    var operandType: ValueType?

    /// The typing as the outcome of something else that may not fit.
    func after(_ others: Typing...) -> Typing {
      guard !others.allSatisfy(\.fits) else { return self }
      return Typing(type: type, fits: false)
    }
  }

  let schema: Schema
  let environment: Environment
  private(set) var faults: [ValidationFault] = []

  init(schema: Schema, environment: Environment) {
    self.schema = schema
    self.environment = environment
  }

  /// Checks a condition, which must be a truth value.
  mutating func check(_ condition: Expression) { _ = expect([.bool(nil)], condition, .none) }

  mutating func report(_ code: ValidationFault.Code, _ expression: Expression) {
    faults.append(ValidationFault(policy: "", code: code, subject: expression.description))
  }

  /// The typing of an expression that must be of one of these types.
  mutating func expect(_ types: [ValueType], _ expression: Expression, _ prior: Capabilities) -> Typing {
    let typing = typing(of: expression, prior)
    guard let type = typing.type else { return Typing(type: nil, fits: false) }
    guard types.contains(where: { type.isSubtype(of: $0) }) else {
      report(.wrongType, expression)
      return Typing(type: nil, fits: false)
    }
    return typing
  }

  mutating func typing(of expression: Expression, _ prior: Capabilities) -> Typing {
    switch expression {
    case .bool(let value): return Typing(type: .bool(value))
    case .long: return Typing(type: .long)
    case .string: return Typing(type: .string)
    case .entity(let uid):
      let isKnown = uid.isAction ? schema.actions[uid] != nil : schema.isKnown(uid.type)
      return isKnown ? Typing(type: .entity(uid.type)) : Typing(type: nil, fits: false)
    case .variable(let variable): return Typing(type: type(of: variable))
    case .slot(.principal): return Typing(type: environment.principalSlot.map { .entity($0) } ?? .anyEntity)
    case .slot(.resource): return Typing(type: environment.resourceSlot.map { .entity($0) } ?? .anyEntity)
    case .conditional(let condition, let consequence, let alternative):
      return conditional(expression, condition, consequence, alternative, prior)
    case .all(let operands): return conjunction(operands, prior)
    case .any(let operands): return disjunction(operands, prior)
    case .not(let operand):
      let typing = expect([.bool(nil)], operand, prior)
      guard case .bool(let value)? = typing.type else { return Typing(type: .bool(nil), fits: false) }
      return Typing(type: .bool(value.map { !$0 })).after(typing)
    case .negation(let operand): return Typing(type: .long).after(expect([.long], operand, prior))
    case .binary(let symbol, let left, let right): return binary(expression, symbol, left, right, prior)
    case .isEmpty(let operand): return Typing(type: .bool(nil)).after(expect([.set(nil)], operand, prior))
    case .attribute(let operand, let name): return attribute(expression, operand, name, prior)
    case .has(let operand, let path): return has(operand, path, prior)
    case .like(let operand, _): return Typing(type: .bool(nil)).after(expect([.string], operand, prior))
    case .isType(let operand, let type, let group):
      let test = isType(operand, type, prior)
      guard let group else { return test }
      return isTypeIn(test, operand, group, prior)
    case .set(let elements): return set(expression, elements, prior)
    case .record(let fields): return record(fields, prior)
    case .call(let function, let arguments): return call(expression, function, arguments, prior)
    case .unknown:
      report(.unknownValue, expression)
      return Typing(type: nil, fits: false)
    }
  }

  private func type(of variable: Variable) -> ValueType {
    switch variable {
    case .principal: .entity(environment.principal)
    case .action: .entity(environment.action.uid.type)
    case .resource: .entity(environment.resource)
    case .context: .record(environment.action.context)
    }
  }

  private mutating func conditional(
    _ whole: Expression, _ condition: Expression, _ consequence: Expression, _ alternative: Expression,
    _ prior: Capabilities
  ) -> Typing {
    let test = expect([.bool(nil)], condition, prior)
    switch test.type {
    case .bool(true):
      var typing = typing(of: consequence, prior.union(test.capabilities))
      typing.capabilities = typing.capabilities.union(test.capabilities)
      return typing.after(test)
    case .bool(false): return typing(of: alternative, prior).after(test)
    default:
      let first = typing(of: consequence, prior.union(test.capabilities))
      let second = typing(of: alternative, prior)
      guard let left = first.type, let right = second.type else { return Typing(type: nil, fits: false) }
      guard let joined = left.joined(with: right) else {
        report(.incompatibleTypes, whole)
        return Typing(type: nil, fits: false)
      }
      let capabilities = first.capabilities.union(test.capabilities).intersection(second.capabilities)
      return Typing(type: joined, capabilities: capabilities).after(test, first, second)
    }
  }

  private mutating func conjunction(_ operands: [Expression], _ prior: Capabilities) -> Typing {
    var left = expect([.bool(nil)], operands[0], prior)
    for operand in operands.dropFirst() {
      if left.type == .bool(false) { return Typing(type: .bool(false), fits: left.fits) }
      let right = expect([.bool(nil)], operand, prior.union(left.capabilities))
      let joined: Typing =
        switch (left.type, right.type) {
        case (.some, .bool(false)): Typing(type: .bool(false))
        case (let type?, .bool(true)): Typing(type: type, capabilities: left.capabilities.union(right.capabilities))
        case (.bool(true), let type?): Typing(type: type, capabilities: left.capabilities.union(right.capabilities))
        case (.some, .some): Typing(type: .bool(nil), capabilities: left.capabilities.union(right.capabilities))
        default: Typing(type: .bool(nil), fits: false)
        }
      left = joined.after(left, right)
    }
    return left
  }

  private mutating func disjunction(_ operands: [Expression], _ prior: Capabilities) -> Typing {
    var left = expect([.bool(nil)], operands[0], prior)
    for operand in operands.dropFirst() {
      if left.type == .bool(true) { return left }
      let right = expect([.bool(nil)], operand, prior)
      let joined: Typing =
        switch (left.type, right.type) {
        case (.some, .bool(true)): Typing(type: .bool(true), capabilities: right.capabilities)
        case (let type?, .bool(false)): Typing(type: type, capabilities: left.capabilities)
        case (.bool(false), let type?): Typing(type: type, capabilities: right.capabilities)
        case (.some, .some):
          Typing(type: .bool(nil), capabilities: right.capabilities.intersection(left.capabilities))
        default: Typing(type: .bool(nil), fits: false)
        }
      left = joined.after(left, right)
    }
    return left
  }

  private mutating func set(_ whole: Expression, _ elements: [Expression], _ prior: Capabilities) -> Typing {
    guard !elements.isEmpty else {
      report(.emptySet, whole)
      return Typing(type: nil, fits: false)
    }
    var (joined, fits): (ValueType?, Bool) = (.never, true)
    var isTyped = true
    for element in elements {
      let typing = typing(of: element, prior)
      fits = fits && typing.fits
      isTyped = isTyped && typing.type != nil
      joined = typing.type.flatMap { joined?.joined(with: $0) }
    }
    guard let joined else {
      if isTyped { report(.incompatibleTypes, whole) }
      return Typing(type: nil, fits: false)
    }
    return Typing(type: .set(joined), fits: fits)
  }

  private mutating func record(_ fields: [Expression.Field], _ prior: Capabilities) -> Typing {
    var record = RecordType()
    var (fits, isTyped) = (true, true)
    for field in fields {
      let typing = typing(of: field.value, prior)
      fits = fits && typing.fits
      guard let type = typing.type else {
        isTyped = false
        continue
      }
      record.attributes[field.name] = RecordType.Attribute(type: type, isRequired: true)
    }
    return isTyped ? Typing(type: .record(record), fits: fits) : Typing(type: nil, fits: false)
  }

  private mutating func call(
    _ whole: Expression, _ function: ExtensionFunction, _ arguments: [Expression], _ prior: Capabilities
  ) -> Typing {
    let result: ValueType =
      switch function.result {
      case .bool: .bool(nil)
      case .long: .long
      default: .extended(function.result)
      }
    let parameters = function.parameters
    var fault: ValidationFault.Code?
    if arguments.count != parameters.count { fault = .wrongArgumentCount }
    if function.isConstructor {
      if arguments.count == 1, case .string(let text) = arguments[0],
        (try? Value.calling(function, [.string(text)])) == nil
      {
        fault = .malformedArgument
      }
      if !arguments.allSatisfy(\.isLiteral) { fault = .computedArgument }
    }
    guard fault == nil else {
      if let fault { report(fault, whole) }
      for argument in arguments { _ = typing(of: argument, prior) }
      return Typing(type: result, fits: false)
    }
    var fits = true
    for (argument, parameter) in zip(arguments, parameters) {
      fits = expect([parameter == .string ? .string : .extended(parameter)], argument, prior).fits && fits
    }
    return Typing(type: result, fits: fits)
  }
}

extension Expression {
  fileprivate var isLiteral: Bool {
    switch self {
    case .bool, .long, .string, .entity: true
    default: false
    }
  }
}
