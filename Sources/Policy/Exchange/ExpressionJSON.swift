import Bytes

/// Writes and reads expressions in Cedar's JSON form.
enum ExpressionJSON {
  static func json(_ expression: Expression) -> JSONValue {
    switch expression {
    case .bool(let value): ["Value": .bool(value)]
    case .long(let value): ["Value": .number(String(value))]
    case .string(let text): ["Value": .string(text.string)]
    case .entity(let uid): ["Value": ["__entity": ValueJSON.json(uid)]]
    case .variable(let variable): ["Var": .string(variable.rawValue)]
    case .slot(let slot): ["Slot": .string("?\(slot.rawValue)")]
    case .conditional(let condition, let consequence, let alternative):
      ["if-then-else": ["if": json(condition), "then": json(consequence), "else": json(alternative)]]
    case .all(let operands): chain("&&", operands)
    case .any(let operands): chain("||", operands)
    case .not(let operand): ["!": ["arg": json(operand)]]
    case .negation(let operand): ["neg": ["arg": json(operand)]]
    case .binary(let symbol, let left, let right): pair(symbol.rawValue, json(left), json(right))
    case .isEmpty(let operand): ["isEmpty": ["arg": json(operand)]]
    case .attribute(let operand, let name): [".": ["left": json(operand), "attr": .string(name.string)]]
    case .has(let operand, let path): has(operand, path)
    case .like(let operand, let pattern): ["like": ["left": json(operand), "pattern": json(pattern)]]
    case .isType(let operand, let type, let group):
      .object([
        JSONMember(
          "is",
          .object(
            [JSONMember("left", json(operand)), JSONMember("entity_type", .string(type.string))]
              + (group.map { [JSONMember("in", json($0))] } ?? [])))
      ])
    case .set(let elements): ["Set": .array(elements.map(json))]
    case .record(let fields): ["Record": .object(fields.map { JSONMember($0.name.string, json($0.value)) })]
    case .call(let function, let arguments): .object([JSONMember(function.rawValue, .array(arguments.map(json)))])
    case .unknown(let arguments): ["unknown": .array(arguments.map(json))]
    }
  }

  private static func pair(_ symbol: String, _ left: JSONValue, _ right: JSONValue) -> JSONValue {
    .object([JSONMember(symbol, ["left": left, "right": right])])
  }

  private static func chain(_ symbol: String, _ operands: [Expression]) -> JSONValue {
    operands.dropFirst().reduce(json(operands[0])) { pair(symbol, $0, json($1)) }
  }

  // The JSON form has no `has` with a path: `a has b.c` is written as `a has b && a.b has c`.
  private static func has(_ operand: Expression, _ path: [Text]) -> JSONValue {
    var current = operand
    var tests: [JSONValue] = []
    for name in path {
      tests.append(["has": ["left": json(current), "attr": .string(name.string)]])
      current = .attribute(current, name)
    }
    return tests.dropFirst().reduce(tests[0]) { pair("&&", $0, $1) }
  }

  private static func json(_ pattern: Pattern) -> JSONValue {
    var elements: [JSONValue] = []
    for (index, piece) in pattern.pieces.enumerated() {
      if index > 0 { elements.append("Wildcard") }
      elements += piece.string.unicodeScalars.map { ["Literal": .string(String($0))] }
    }
    return .array(elements)
  }

  static func expression(_ json: JSONValue) throws(PolicyError) -> Expression {
    guard let members = json.members, members.count == 1, let (kind, body) = members.first.map({ ($0.name, $0.value) })
    else { throw PolicyError(.unexpectedShape) }
    switch kind {
    case "Value": return try literal(body)
    case "Var":
      guard let variable = body.string.flatMap(Variable.init) else { throw PolicyError(.unknownVariable) }
      return .variable(variable)
    case "Slot":
      guard let slot = Slot.allCases.first(where: { "?\($0.rawValue)" == body.string }) else {
        throw PolicyError(.unexpectedShape)
      }
      return .slot(slot)
    case "if-then-else":
      return .conditional(
        try part(body, "if"), then: try part(body, "then"), else: try part(body, "else"))
    case "&&":
      let left = try part(body, "left")
      if case .all(let operands) = left { return .all(operands + [try part(body, "right")]) }
      return .all([left, try part(body, "right")])
    case "||":
      let left = try part(body, "left")
      if case .any(let operands) = left { return .any(operands + [try part(body, "right")]) }
      return .any([left, try part(body, "right")])
    case "!": return .not(try part(body, "arg"))
    case "neg": return .negation(try part(body, "arg"))
    case "isEmpty": return .isEmpty(try part(body, "arg"))
    case ".": return .attribute(try part(body, "left"), try text(body, "attr"))
    case "has": return .has(try part(body, "left"), [try text(body, "attr")])
    case "like": return .like(try part(body, "left"), try pattern(body["pattern"]))
    case "is":
      let type = try text(body, "entity_type")
      guard isName(type) else { throw PolicyError(.malformedName) }
      return .isType(try part(body, "left"), type, in: body["in"] == nil ? nil : try part(body, "in"))
    case "Set": return .set(try list(body))
    case "Record": return .record(try fields(body) { json throws(PolicyError) in try expression(json) })
    case "unknown": return .unknown(try list(body))
    default:
      if let symbol = BinaryOperator(rawValue: kind) {
        return .binary(symbol, try part(body, "left"), try part(body, "right"))
      }
      guard let function = ExtensionFunction(rawValue: kind) else { throw PolicyError(.unknownFunction) }
      let arguments = try list(body)
      guard function.isConstructor || !arguments.isEmpty else { throw PolicyError(.wrongArgumentCount) }
      return .call(function, arguments)
    }
  }

  private static func part(_ json: JSONValue, _ name: String) throws(PolicyError) -> Expression {
    guard let part = json[name] else { throw PolicyError(.unexpectedShape) }
    return try expression(part)
  }

  private static func text(_ json: JSONValue, _ name: String) throws(PolicyError) -> Text {
    guard let text = json[name]?.string else { throw PolicyError(.unexpectedShape) }
    return Text(text)
  }

  private static func list(_ json: JSONValue) throws(PolicyError) -> [Expression] {
    guard let array = json.array else { throw PolicyError(.unexpectedShape) }
    var expressions: [Expression] = []
    for element in array { expressions.append(try expression(element)) }
    return expressions
  }

  private static func fields(
    _ json: JSONValue, _ value: (JSONValue) throws(PolicyError) -> Expression
  ) throws(PolicyError) -> [Expression.Field] {
    guard let members = json.members else { throw PolicyError(.unexpectedShape) }
    var fields: [Expression.Field] = []
    for member in members { fields.append(Expression.Field(name: Text(member.name), value: try value(member.value))) }
    return fields
  }

  private static func pattern(_ json: JSONValue?) throws(PolicyError) -> Pattern {
    guard let elements = json?.array else { throw PolicyError(.unexpectedShape) }
    var pieces = [""]
    for element in elements {
      if element == "Wildcard" {
        pieces.append("")
      } else if let literal = element["Literal"]?.string {
        pieces[pieces.count - 1] += literal
      } else {
        throw PolicyError(.unexpectedShape)
      }
    }
    return Pattern(pieces: pieces.map { Text($0) })
  }

  private static func literal(_ json: JSONValue) throws(PolicyError) -> Expression {
    switch json {
    case .null: throw PolicyError(.malformedValue)
    case .bool(let value): return .bool(value)
    case .number(let digits):
      guard let value = Int64(digits), digits != "-0" else { throw PolicyError(.malformedValue) }
      return .long(value)
    case .string(let text): return .string(Text(text))
    case .array(let elements):
      var expressions: [Expression] = []
      for element in elements { expressions.append(try literal(element)) }
      return .set(expressions)
    case .object:
      if let entity = json["__entity"] { return .entity(try ValueJSON.uid(entity)) }
      guard let call = json["__extn"] else {
        return .record(try fields(json) { json throws(PolicyError) in try literal(json) })
      }
      guard let function = call["fn"]?.string.flatMap(ExtensionFunction.init) else {
        throw PolicyError(.unknownFunction)
      }
      guard let arguments = call["args"]?.array ?? call["arg"].map({ [$0] }), !arguments.isEmpty else {
        throw PolicyError(.unexpectedShape)
      }
      var expressions: [Expression] = []
      for argument in arguments { expressions.append(try literal(argument)) }
      return .call(function, expressions)
    }
  }
}

extension ValueJSON {
  static func json(_ uid: EntityUID) -> JSONValue {
    ["type": .string(uid.type.string), "id": .string(uid.id.string)]
  }
}
