extension Typechecker {
  mutating func binary(
    _ whole: Expression, _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, _ prior: Capabilities
  ) -> Typing {
    switch symbol {
    case .equal: return equality(whole, left, right, prior)
    case .notEqual:
      let typing = equality(whole, left, right, prior)
      guard case .bool(let value)? = typing.type else { return typing }
      return Typing(type: .bool(value.map { !$0 }), fits: typing.fits)
    case .less, .lessOrEqual, .greater, .greaterOrEqual: return comparison(left, right, prior)
    case .isIn: return membership(left, right, prior)
    case .add, .subtract, .multiply:
      let first = expect([.long], left, prior)
      return Typing(type: .long).after(first, expect([.long], right, prior))
    case .contains:
      let first = expect([.set(nil)], left, prior)
      let second = typing(of: right, prior)
      guard case .set(let element?)? = first.type else { return Typing(type: .bool(nil)).after(first, second) }
      return compatible(whole, .bool(nil), element, second.type).after(first, second)
    case .containsAll, .containsAny:
      let first = expect([.set(nil)], left, prior)
      let second = expect([.set(nil)], right, prior)
      return compatible(whole, .bool(nil), first.type, second.type).after(first, second)
    case .hasTag: return hasTag(left, right, prior)
    case .getTag: return getTag(whole, left, right, prior)
    }
  }

  // Strictly, what is compared must have a type in common, unless the outcome is known anyway.
  private mutating func compatible(
    _ whole: Expression, _ type: ValueType, _ left: ValueType?, _ right: ValueType?
  ) -> Typing {
    guard type == .bool(nil), let left, let right, left.joined(with: right) == nil else { return Typing(type: type) }
    report(.incompatibleTypes, whole)
    return Typing(type: type, fits: false)
  }

  private mutating func equality(
    _ whole: Expression, _ left: Expression, _ right: Expression, _ prior: Capabilities
  ) -> Typing {
    let (first, second) = (typing(of: left, prior), typing(of: right, prior))
    var outcome: Bool?
    if case (.entity(let one)?, .entity(let other)?) = (first.type, second.type), one != other {
      outcome = false
    } else if let one = literal(left), let other = literal(right) {
      outcome = one == other
    }
    return compatible(whole, .bool(outcome), first.type, second.type).after(first, second)
  }

  // The action is known in each environment, and so is as good as a literal.
  private func literal(_ expression: Expression) -> Expression? {
    switch expression {
    case .variable(.action): .entity(environment.action.uid)
    case .bool, .long, .string, .entity: expression
    default: nil
    }
  }

  private mutating func comparison(_ left: Expression, _ right: Expression, _ prior: Capabilities) -> Typing {
    let first = typing(of: left, prior)
    let second = typing(of: right, prior)
    guard let one = first.type, let other = second.type else { return Typing(type: .bool(nil), fits: false) }
    let comparable: [ValueType] = [.long, .extended(.moment), .extended(.duration)]
    guard one == other, comparable.contains(one) else {
      report(.wrongType, comparable.contains(one) ? right : left)
      return Typing(type: .bool(nil), fits: false)
    }
    return Typing(type: .bool(nil)).after(first, second)
  }

  /// `a is T in b` is `a is T && a in b`, but `a` is looked at once.
  mutating func isTypeIn(
    _ test: Typing, _ operand: Expression, _ group: Expression, _ prior: Capabilities
  ) -> Typing {
    guard case .bool(let isOfType)? = test.type, isOfType != false else { return test }
    let operandTyping = Typing(type: test.operandType, fits: test.fits)
    let membership = membership(operandTyping, operand, group, prior)
    return (isOfType == true ? membership : Typing(type: .bool(membership.type == .bool(false) ? false : nil)))
      .after(test, membership)
  }

  private mutating func membership(_ left: Expression, _ right: Expression, _ prior: Capabilities) -> Typing {
    membership(expect([.anyEntity], left, prior), left, right, prior)
  }

  private mutating func membership(
    _ first: Typing, _ left: Expression, _ right: Expression, _ prior: Capabilities
  ) -> Typing {
    let second = expect([.set(.anyEntity), .anyEntity], right, prior)
    guard first.fits, second.fits else { return Typing(type: .bool(nil), fits: false) }
    if case .entity(let uid)? = literal(left), let groups = uids(right), uid.isAction {
      let actions = groups.filter(\.isAction)
      guard !actions.isEmpty else { return Typing(type: .bool(false)) }
      guard actions.allSatisfy({ schema.actions[$0] != nil }) else { return Typing(type: .bool(nil), fits: false) }
      return Typing(type: .bool(schema.actions(in: actions).contains { $0.uid == uid }))
    }
    guard case .entity(let type)? = first.type, let group = entityType(second.type) else {
      return Typing(type: .bool(nil))
    }
    return Typing(type: canBe(type, in: group) ? .bool(nil) : .bool(false))
  }

  private func uids(_ expression: Expression) -> [EntityUID]? {
    if case .entity(let uid)? = literal(expression) { return [uid] }
    guard case .set(let elements) = expression else { return nil }
    var uids: [EntityUID] = []
    for element in elements {
      guard case .entity(let uid)? = literal(element) else { return nil }
      uids.append(uid)
    }
    return uids
  }

  private func entityType(_ type: ValueType?) -> Text? {
    switch type {
    case .entity(let name)?, .set(.entity(let name)?)?: name
    default: nil
    }
  }

  private func canBe(_ type: Text, in group: Text) -> Bool {
    if type == group { return true }
    if schema.entityTypes[type]?.ancestors.contains(group) == true { return true }
    return schema.actions.values.contains { action in
      action.uid.type == type && action.ancestors.contains { $0.type == group }
    }
  }

  mutating func isType(_ operand: Expression, _ type: Text, _ prior: Capabilities) -> Typing {
    let typing = expect([.anyEntity], operand, prior)
    var test: Typing
    switch typing.type {
    case .entity(let found)?: test = Typing(type: .bool(found == type)).after(typing)
    case .anyEntity?: test = Typing(type: .bool(nil)).after(typing)
    default: test = Typing(type: .bool(nil), fits: false)
    }
    test.operandType = typing.type
    return test
  }

  private func attribute(_ name: Text, of type: ValueType) -> RecordType.Attribute? {
    switch type {
    case .record(let record): record[name]
    case .entity(let entity): schema.entityTypes[entity]?.attributes[name]
    default: nil
    }
  }

  mutating func attribute(
    _ whole: Expression, _ operand: Expression, _ name: Text, _ prior: Capabilities
  ) -> Typing {
    let typing = expect([.anyEntity, .anyRecord], operand, prior)
    guard let type = typing.type else { return Typing(type: nil, fits: false) }
    guard let attribute = attribute(name, of: type) else {
      report(.missingAttribute, whole)
      return Typing(type: nil, fits: false)
    }
    guard attribute.isRequired || prior.contains(.attribute(operand, name)) else {
      report(.unguardedAttribute, whole)
      return Typing(type: attribute.type, fits: false)
    }
    return Typing(type: attribute.type).after(typing)
  }

  /// `a has b.c` is `a has b && a.b has c`.
  mutating func has(_ operand: Expression, _ path: [Text], _ prior: Capabilities) -> Typing {
    var left: Typing?
    var current = operand
    for name in path {
      if left?.type == .bool(false) { break }
      let right = has(current, name, prior.union(left?.capabilities ?? .none))
      current = .attribute(current, name)
      guard let known = left else {
        left = right
        continue
      }
      guard let type = right.type else { return Typing(type: .bool(nil), fits: false) }
      let outcome: ValueType =
        type == .bool(true)
        ? known.type ?? .bool(nil) : known.type == .bool(true) || type == .bool(false) ? type : .bool(nil)
      let capabilities = outcome == .bool(false) ? Capabilities.none : known.capabilities.union(right.capabilities)
      left = Typing(type: outcome, capabilities: capabilities).after(known, right)
    }
    return left ?? Typing(type: .bool(nil))
  }

  private mutating func has(_ operand: Expression, _ name: Text, _ prior: Capabilities) -> Typing {
    let typing = expect([.anyEntity, .anyRecord], operand, prior)
    guard let type = typing.type else { return Typing(type: .bool(nil), fits: false) }
    guard let attribute = attribute(name, of: type) else {
      return Typing(type: type == .anyEntity ? .bool(nil) : .bool(false)).after(typing)
    }
    // An entity of a type with the attribute may still not be given at all.
    var isThere = prior.contains(.attribute(operand, name))
    if case .record = type { isThere = isThere || attribute.isRequired }
    return Typing(type: isThere ? .bool(true) : .bool(nil), capabilities: Capabilities(.attribute(operand, name)))
      .after(typing)
  }

  private func tags(of type: ValueType?) -> [ValueType]? {
    switch type {
    case .entity(let name)?: schema.entityTypes[name]?.tags.map { [$0] } ?? []
    case .anyEntity?: Array(Set(schema.entityTypes.values.compactMap(\.tags)))
    default: nil
    }
  }

  private mutating func hasTag(_ entity: Expression, _ tag: Expression, _ prior: Capabilities) -> Typing {
    let first = expect([.anyEntity], entity, prior)
    let second = expect([.string], tag, prior)
    guard let tags = tags(of: first.type) else { return Typing(type: nil, fits: false) }
    let type: ValueType =
      tags.isEmpty ? .bool(false) : prior.contains(.tag(entity, tag)) ? .bool(true) : .bool(nil)
    return Typing(type: type, capabilities: Capabilities(.tag(entity, tag))).after(first, second)
  }

  private mutating func getTag(
    _ whole: Expression, _ entity: Expression, _ tag: Expression, _ prior: Capabilities
  ) -> Typing {
    let first = expect([.anyEntity], entity, prior)
    let second = expect([.string], tag, prior)
    guard let tags = tags(of: first.type) else { return Typing(type: nil, fits: false) }
    guard prior.contains(.tag(entity, tag)) else {
      report(.unguardedTag, whole)
      return Typing(type: nil, fits: false)
    }
    guard let joined = tags.reduce(ValueType?.some(.never), { $0?.joined(with: $1) }), !tags.isEmpty else {
      report(tags.isEmpty ? .noTags : .incompatibleTypes, whole)
      return Typing(type: nil, fits: false)
    }
    return Typing(type: joined).after(first, second)
  }
}
