/// Expressions in the form in which they are evaluated: nodes in one array, constants worked out beforehand.
struct Program: Sendable {
  /// A node; the numbers are places in the arrays of the program.
  enum Node {
    case constant(Int32)
    case variable(Variable)
    case conditional(Int32, Int32, Int32)
    case all(Int32, count: Int32)
    case any(Int32, count: Int32)
    case not(Int32)
    case negation(Int32)
    case binary(BinaryOperator, Int32, Int32)
    case isEmpty(Int32)
    case attribute(Int32, Int32)
    case has(Int32, Int32, count: Int32)
    case like(Int32, Int32)
    case isType(Int32, Int32)
    case isTypeIn(Int32, Int32, Int32)
    case set(Int32, count: Int32)
    case record(Int32, names: Int32, count: Int32)
    case call(ExtensionFunction, Int32, count: Int32)
    case unknown
  }

  private(set) var nodes: [Node] = []
  private(set) var operands: [Int32] = []
  private(set) var constants: [Value] = []
  private(set) var names: [Text] = []
  private(set) var patterns: [Pattern] = []

  /// Adds an expression and tells its place.
  mutating func add(_ expression: Expression) -> Int32 {
    switch expression {
    case .bool(let value): return constant(.bool(value))
    case .long(let value): return constant(.long(value))
    case .string(let value): return constant(.string(value))
    case .entity(let uid): return constant(.entity(uid))
    case .variable(let variable): return append(.variable(variable))
    case .slot, .unknown: return append(.unknown)
    case .conditional(let condition, let consequence, let alternative):
      return append(.conditional(add(condition), add(consequence), add(alternative)))
    case .all(let parts): return append(.all(addAll(parts), count: Int32(parts.count)))
    case .any(let parts): return append(.any(addAll(parts), count: Int32(parts.count)))
    case .not(let operand): return append(.not(add(operand)))
    case .negation(let operand): return folded(.negation(add(operand)))
    case .binary(let symbol, let left, let right): return folded(.binary(symbol, add(left), add(right)))
    case .isEmpty(let operand): return folded(.isEmpty(add(operand)))
    case .attribute(let operand, let name): return append(.attribute(add(operand), addName(name)))
    case .has(let operand, let path):
      let place = add(operand)
      let first = Int32(names.count)
      names.append(contentsOf: path)
      return append(.has(place, first, count: Int32(path.count)))
    case .like(let operand, let pattern):
      patterns.append(pattern)
      let place = Int32(patterns.count - 1)
      return append(.like(add(operand), place))
    case .isType(let operand, let type, let group):
      let place = add(operand)
      let name = addName(type)
      guard let group else { return append(.isType(place, name)) }
      return append(.isTypeIn(place, name, add(group)))
    case .set(let parts): return folded(.set(addAll(parts), count: Int32(parts.count)))
    case .record(let fields):
      let first = addAll(fields.map(\.value))
      let name = Int32(names.count)
      names.append(contentsOf: fields.map(\.name))
      return folded(.record(first, names: name, count: Int32(fields.count)))
    case .call(let function, let parts): return folded(.call(function, addAll(parts), count: Int32(parts.count)))
    }
  }

  private mutating func append(_ node: Node) -> Int32 {
    nodes.append(node)
    return Int32(nodes.count - 1)
  }

  private mutating func constant(_ value: Value) -> Int32 {
    constants.append(value)
    return append(.constant(Int32(constants.count - 1)))
  }

  private mutating func addName(_ name: Text) -> Int32 {
    names.append(name)
    return Int32(names.count - 1)
  }

  private mutating func addAll(_ parts: [Expression]) -> Int32 { link(parts.map { add($0) }) }

  private mutating func link(_ places: [Int32]) -> Int32 {
    operands.append(contentsOf: places)
    return Int32(operands.count - places.count)
  }

  // A node whose operands are constants is one too, unless it has no value: then it is left to fail when evaluated.
  private mutating func folded(_ node: Node) -> Int32 { constantValue(of: node).map { constant($0) } ?? append(node) }

  private func constantValue(of node: Node) -> Value? {
    switch node {
    case .negation(let operand): return constantValue(at: operand).flatMap { try? $0.negated() }
    case .binary(let symbol, let left, let right):
      guard ![.isIn, .getTag, .hasTag].contains(symbol), let left = constantValue(at: left),
        let right = constantValue(at: right)
      else { return nil }
      return try? left.applying(symbol, right)
    case .isEmpty(let operand):
      return constantValue(at: operand).flatMap { try? $0.elements() }.map { .bool($0.isEmpty) }
    case .set(let first, let count): return constantValues(first, count).map { .set(Set($0)) }
    case .record(let first, let name, let count):
      return constantValues(first, count).map { values in
        .record(Record(zip(names[Int(name)...], values)) { $1 })
      }
    case .call(let function, let first, let count):
      return constantValues(first, count).flatMap { try? Value.calling(function, $0) }
    default: return nil
    }
  }

  private func constantValue(at place: Int32) -> Value? {
    guard case .constant(let index) = nodes[Int(place)] else { return nil }
    return constants[Int(index)]
  }

  private func constantValues(_ first: Int32, _ count: Int32) -> [Value]? {
    var values: [Value] = []
    for place in operands[Int(first)..<Int(first + count)] {
      guard let value = constantValue(at: place) else { return nil }
      values.append(value)
    }
    return values
  }
}
