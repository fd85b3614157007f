extension PolicyParser {
  /// An expression and the height of its tree.
  struct Operand {
    var expression: Expression
    var height = 1
  }

  mutating func expression() throws(PolicyError) -> Operand {
    try open()
    defer { nesting -= 1 }
    guard reader.take(.if) else { return try disjunction() }
    let condition = try expression()
    try reader.expect(.then)
    let consequence = try expression()
    try reader.expect(.else)
    let alternative = try expression()
    return try joined(
      .conditional(condition.expression, then: consequence.expression, else: alternative.expression), condition,
      consequence, alternative)
  }

  private mutating func open() throws(PolicyError) {
    nesting += 1
    guard nesting <= PolicyParser.nestingLimit else { throw reader.error(.tooDeep) }
  }

  private func joined(_ expression: Expression, _ parts: Operand...) throws(PolicyError) -> Operand {
    try joined(expression, parts)
  }

  private func joined(_ expression: Expression, _ parts: [Operand]) throws(PolicyError) -> Operand {
    let height = 1 + (parts.map(\.height).max() ?? 0)
    guard height <= Expression.heightLimit else { throw reader.error(.tooDeep) }
    return Operand(expression: expression, height: height)
  }

  private mutating func disjunction() throws(PolicyError) -> Operand {
    var operands = [try conjunction()]
    while reader.take(.or) { operands.append(try conjunction()) }
    guard operands.count > 1 else { return operands[0] }
    return try joined(
      .any(flattened(operands.map(\.expression)) { if case .any(let it) = $0 { it } else { nil } }), operands)
  }

  private mutating func conjunction() throws(PolicyError) -> Operand {
    var operands = [try relation()]
    while reader.take(.and) { operands.append(try relation()) }
    guard operands.count > 1 else { return operands[0] }
    return try joined(
      .all(flattened(operands.map(\.expression)) { if case .all(let it) = $0 { it } else { nil } }), operands)
  }

  // `(a && b) && c` is the same chain as `a && b && c`.
  private func flattened(_ operands: [Expression], _ chain: (Expression) -> [Expression]?) -> [Expression] {
    guard let inner = chain(operands[0]) else { return operands }
    return inner + operands.dropFirst()
  }

  private mutating func relation() throws(PolicyError) -> Operand {
    let left = try sum()
    if reader.take(.has) { return try joined(.has(left.expression, attributePath()), left) }
    if reader.take(.like) { return try joined(.like(left.expression, reader.pattern()), left) }
    if reader.take(.is) {
      let type = try name()
      guard reader.take(.in) else { return try joined(.isType(left.expression, type, in: nil), left) }
      let group = try sum()
      return try joined(.isType(left.expression, type, in: group.expression), left, group)
    }
    guard let relation = takeRelation() else { return left }
    let right = try sum()
    return try joined(.binary(relation, left.expression, right.expression), left, right)
  }

  private mutating func attributePath() throws(PolicyError) -> [Text] {
    guard reader.peek.kind == .identifier else { return [try reader.string()] }
    var path = [try reader.identifier()]
    while reader.take(.dot) { path.append(try reader.identifier()) }
    guard path.count <= Expression.heightLimit else { throw reader.error(.tooDeep) }
    return path
  }

  private mutating func takeRelation() -> BinaryOperator? {
    if reader.take(.in) { return .isIn }
    let relations: [(Token.Symbol, BinaryOperator)] = [
      (.equal, .equal), (.notEqual, .notEqual), (.less, .less), (.lessOrEqual, .lessOrEqual), (.greater, .greater),
      (.greaterOrEqual, .greaterOrEqual),
    ]
    for (symbol, relation) in relations where reader.take(symbol) { return relation }
    return nil
  }

  mutating func sum() throws(PolicyError) -> Operand {
    var left = try product()
    while true {
      let sign: BinaryOperator
      if reader.take(.plus) { sign = .add } else if reader.take(.minus) { sign = .subtract } else { return left }
      let right = try product()
      left = try joined(.binary(sign, left.expression, right.expression), left, right)
    }
  }

  private mutating func product() throws(PolicyError) -> Operand {
    var left = try unary()
    while true {
      guard !reader.isAt(.slash), !reader.isAt(.percent) else { throw reader.error(.malformedOperator) }
      guard reader.take(.star) else { return left }
      let right = try unary()
      left = try joined(.binary(.multiply, left.expression, right.expression), left, right)
    }
  }

  private mutating func unary() throws(PolicyError) -> Operand {
    let start = reader
    var count = 0
    if reader.isAt(.bang) {
      while reader.take(.bang) { count += 1 }
      guard count <= 4 else { throw start.error(.malformedOperator) }
      var operand = try member()
      for _ in 0..<count { operand = try joined(.not(operand.expression), operand) }
      return operand
    }
    while reader.take(.minus) { count += 1 }
    guard count <= 4 else { throw start.error(.malformedOperator) }
    var operand: Operand
    if count > 0, let literal = try negativeLiteral() {
      operand = Operand(expression: .long(literal))
      count -= 1
    } else {
      operand = try member()
    }
    for _ in 0..<count { operand = try joined(.negation(operand.expression), operand) }
    return operand
  }

  /// A number with a minus sign before it; nil when what follows is not just a number.
  private mutating func negativeLiteral() throws(PolicyError) -> Int64? {
    guard reader.peek.kind == .number else { return nil }
    switch reader.second.kind {
    case .symbol(.dot), .symbol(.openParenthesis), .symbol(.openBracket): return nil
    default: break
    }
    guard let magnitude = reader.magnitude(reader.peek), magnitude <= UInt64(Int64.max) + 1 else {
      throw reader.error(.integerTooLarge)
    }
    reader.next()
    return Int64(truncatingIfNeeded: 0 &- magnitude)
  }

  private mutating func member() throws(PolicyError) -> Operand {
    var operand = try primary()
    while true {
      if reader.take(.dot) {
        let start = reader
        let name = try reader.identifier()
        guard reader.take(.openParenthesis) else {
          operand = try joined(.attribute(operand.expression, name), operand)
          continue
        }
        let arguments = try list(until: .closeParenthesis)
        operand = try joined(
          method(name, of: operand.expression, arguments.map(\.expression), start), [operand] + arguments)
      } else if reader.take(.openBracket) {
        let name = try reader.string()
        try reader.expect(.closeBracket)
        operand = try joined(.attribute(operand.expression, name), operand)
      } else {
        return operand
      }
    }
  }

  private func method(
    _ name: Text, of receiver: Expression, _ arguments: [Expression], _ start: TokenReader
  ) throws(PolicyError) -> Expression {
    if name == "isEmpty" {
      guard arguments.isEmpty else { throw start.error(.wrongArgumentCount, named: name) }
      return .isEmpty(receiver)
    }
    if let method = BinaryOperator(rawValue: name.string), method.isMethod {
      guard arguments.count == 1 else { throw start.error(.wrongArgumentCount, named: name) }
      return .binary(method, receiver, arguments[0])
    }
    guard let function = ExtensionFunction(rawValue: name.string), !function.isConstructor else {
      throw start.error(.unknownFunction, named: name)
    }
    return .call(function, [receiver] + arguments)
  }

  private mutating func list(until end: Token.Symbol) throws(PolicyError) -> [Operand] {
    var elements: [Operand] = []
    while !reader.take(end) {
      elements.append(try expression())
      guard reader.take(.comma) || reader.isAt(end) else { throw reader.unexpected() }
    }
    return elements
  }

  private mutating func primary() throws(PolicyError) -> Operand {
    let start = reader
    switch reader.peek.kind {
    case .string: return Operand(expression: .string(try reader.string()))
    case .number:
      guard let magnitude = reader.magnitude(reader.next()), let value = Int64(exactly: magnitude) else {
        throw start.error(.integerTooLarge)
      }
      return Operand(expression: .long(value))
    case .slot:
      let spelling = reader.spelling(reader.next()).string
      return Operand(expression: .slot(spelling == "?principal" ? .principal : .resource))
    case .symbol(.openParenthesis):
      reader.next()
      let operand = try expression()
      try reader.expect(.closeParenthesis)
      return operand
    case .symbol(.openBracket):
      reader.next()
      let elements = try list(until: .closeBracket)
      return try joined(.set(elements.map(\.expression)), elements)
    case .symbol(.openBrace):
      reader.next()
      return try record()
    case .identifier: return try named()
    case .symbol, .end: throw reader.unexpected()
    }
  }

  private mutating func record() throws(PolicyError) -> Operand {
    var fields: [Expression.Field] = []
    var values: [Operand] = []
    var names = Set<Text>()
    while !reader.take(.closeBrace) {
      let start = reader
      let name = try reader.peek.kind == .string ? reader.string() : reader.identifier()
      guard names.insert(name).inserted else { throw start.error(.duplicateKey, named: name) }
      try reader.expect(.colon)
      let value = try expression()
      fields.append(Expression.Field(name: name, value: value.expression))
      values.append(value)
      guard reader.take(.comma) || reader.isAt(.closeBrace) else { throw reader.unexpected() }
    }
    return try joined(.record(fields), values)
  }

  private mutating func named() throws(PolicyError) -> Operand {
    let start = reader
    if reader.second.kind != .symbol(.doubleColon) {
      if reader.take(.true) { return Operand(expression: .bool(true)) }
      if reader.take(.false) { return Operand(expression: .bool(false)) }
    }
    var name = try reader.identifier().string
    while reader.take(.doubleColon) {
      if reader.peek.kind == .string { return Operand(expression: .entity(EntityUID(Text(name), try reader.string()))) }
      name += "::\(try reader.identifier())"
    }
    guard reader.take(.openParenthesis) else {
      guard let variable = Variable(rawValue: name) else { throw start.error(.unknownVariable, named: Text(name)) }
      return Operand(expression: .variable(variable))
    }
    let arguments = try list(until: .closeParenthesis)
    if name == "unknown" { return try joined(.unknown(arguments.map(\.expression)), arguments) }
    guard let function = ExtensionFunction(rawValue: name), function.isConstructor else {
      throw start.error(.unknownFunction, named: Text(name))
    }
    return try joined(.call(function, arguments.map(\.expression)), arguments)
  }
}
