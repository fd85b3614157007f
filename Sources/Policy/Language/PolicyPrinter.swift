extension PolicySet: CustomStringConvertible {
  /// The policies and templates as Cedar text; links have no text.
  package var description: String {
    let statements = (policies + templates).sorted { $0.sortKey < $1.sortKey }
    return statements.map(\.description).joined(separator: "\n\n") + (statements.isEmpty ? "" : "\n")
  }
}

extension Statement: CustomStringConvertible {
  // Policies of a text are named by their place in it.
  fileprivate var sortKey: Int {
    id.string.hasPrefix("policy") ? Int(id.string.dropFirst(6)) ?? Int.max : Int.max
  }

  /// The statement as Cedar text.
  package var description: String {
    var text = ""
    for annotation in annotations {
      text += "@\(annotation.name)" + (annotation.value.map { "(\(quoted($0)))" } ?? "") + "\n"
    }
    text += "\(effect.rawValue) (\n  principal\(principal.suffix(.principal)),\n  action\(action.suffix),\n"
    text += "  resource\(resource.suffix(.resource))\n)"
    for condition in conditions { text += "\n\(condition.kind.rawValue) { \(condition.body) }" }
    return text + ";"
  }
}

extension Scope {
  func suffix(_ slot: Slot) -> String {
    switch self {
    case .any: ""
    case .equal(let subject): " == \(subject.text(slot))"
    case .isIn(let subject): " in \(subject.text(slot))"
    case .isType(let type): " is \(type)"
    case .isTypeIn(let type, let subject): " is \(type) in \(subject.text(slot))"
    }
  }
}

extension Scope.Subject {
  fileprivate func text(_ slot: Slot) -> String {
    switch self {
    case .entity(let uid): uid.description
    case .slot: "?\(slot.rawValue)"
    }
  }
}

extension ActionScope {
  var suffix: String {
    switch self {
    case .any: ""
    case .equal(let uid): " == \(uid)"
    case .isIn(let uids): " in [\(uids.map(\.description).joined(separator: ", "))]"
    }
  }
}

extension Expression: CustomStringConvertible {
  /// The expression as Cedar text, with the brackets that it needs.
  package var description: String { text(tighterThan: .conditional) }

  // How tightly an expression holds together, from loose to tight.
  private enum Tightness: Int {
    case conditional, any, all, relation, sum, product, unary, member
  }

  private func text(tighterThan floor: Tightness) -> String {
    let text = bare
    return tightness.rawValue < floor.rawValue ? "(\(text))" : text
  }

  private var tightness: Tightness {
    switch self {
    case .conditional: .conditional
    case .any: .any
    case .all: .all
    case .binary(let symbol, _, _):
      switch symbol {
      case .add, .subtract: .sum
      case .multiply: .product
      case .contains, .containsAll, .containsAny, .getTag, .hasTag: .member
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn: .relation
      }
    case .has, .like, .isType: .relation
    case .not, .negation: .unary
    case .long(let value): value < 0 ? .unary : .member
    case .bool, .string, .entity, .variable, .slot, .isEmpty, .attribute, .set, .record, .call, .unknown: .member
    }
  }

  private var bare: String {
    switch self {
    case .bool(let value): String(value)
    case .long(let value): String(value)
    case .string(let value): quoted(value)
    case .entity(let uid): uid.description
    case .variable(let variable): variable.rawValue
    case .slot(let slot): "?\(slot.rawValue)"
    case .conditional(let condition, let consequence, let alternative):
      "if \(condition) then \(consequence) else \(alternative)"
    case .any(let operands): Expression.joined(operands, " || ", .all)
    case .all(let operands): Expression.joined(operands, " && ", .relation)
    case .not(let operand): "!\(operand.prefixed)"
    case .negation(let operand): "-\(operand.prefixed)"
    case .binary(let symbol, let left, let right): binaryText(symbol, left, right)
    case .isEmpty(let operand): "\(operand.text(tighterThan: .member)).isEmpty()"
    case .attribute(let operand, let name):
      operand.text(tighterThan: .member) + (isBare(name) ? ".\(name)" : "[\(quoted(name))]")
    case .has(let operand, let path):
      "\(operand.text(tighterThan: .sum)) has "
        + (path.count > 1 || isBare(path[0]) ? path.map(\.string).joined(separator: ".") : quoted(path[0]))
    case .like(let operand, let pattern): "\(operand.text(tighterThan: .sum)) like \(pattern)"
    case .isType(let operand, let type, let group):
      "\(operand.text(tighterThan: .sum)) is \(type)" + (group.map { " in \($0.text(tighterThan: .sum))" } ?? "")
    case .set(let elements): "[\(elements.map(\.description).joined(separator: ", "))]"
    case .record(let fields):
      "{\(fields.map { "\(isBare($0.name) ? $0.name.string : quoted($0.name)): \($0.value)" }.joined(separator: ", "))}"
    case .call(let function, let arguments): callText(function, arguments)
    case .unknown(let arguments): "unknown(\(arguments.map(\.description).joined(separator: ", ")))"
    }
  }

  // A chain inside a chain stands in brackets, except that the first operand of a chain never is one.
  private static func joined(_ operands: [Expression], _ symbol: String, _ floor: Tightness) -> String {
    operands.map { $0.text(tighterThan: floor) }.joined(separator: symbol)
  }

  // A sign before a literal number would become part of it, and `!!!!!` is more than Cedar takes.
  private var prefixed: String {
    switch self {
    case .long, .not, .negation: "(\(bare))"
    default: text(tighterThan: .member)
    }
  }

  private func binaryText(_ symbol: BinaryOperator, _ left: Expression, _ right: Expression) -> String {
    switch symbol {
    case .contains, .containsAll, .containsAny, .getTag, .hasTag:
      "\(left.text(tighterThan: .member)).\(symbol.rawValue)(\(right))"
    case .add, .subtract: "\(left.text(tighterThan: .sum)) \(symbol.rawValue) \(right.text(tighterThan: .product))"
    case .multiply: "\(left.text(tighterThan: .product)) * \(right.text(tighterThan: .unary))"
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn:
      "\(left.text(tighterThan: .sum)) \(symbol.rawValue) \(right.text(tighterThan: .sum))"
    }
  }

  private func callText(_ function: ExtensionFunction, _ arguments: [Expression]) -> String {
    guard !function.isConstructor, let receiver = arguments.first else {
      return "\(function.rawValue)(\(arguments.map(\.description).joined(separator: ", ")))"
    }
    let rest = arguments.dropFirst().map(\.description).joined(separator: ", ")
    return "\(receiver.text(tighterThan: .member)).\(function.rawValue)(\(rest))"
  }
}

extension Pattern: CustomStringConvertible {
  /// The pattern as a Cedar string.
  package var description: String {
    "\""
      + pieces.map { escaped($0).split(separator: "*", omittingEmptySubsequences: false).joined(separator: "\\*") }
      .joined(separator: "*") + "\""
  }
}

/// Whether the name can stand without quotes.
private func isBare(_ name: Text) -> Bool { !name.string.utf8.contains(0x3A) && isName(name) }
