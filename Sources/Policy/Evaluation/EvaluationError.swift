/// Why an expression has no value.
package enum EvaluationError: Error, Hashable, Sendable {
  /// An operand is of the wrong kind.
  case wrongKind(expected: [ValueKind], found: ValueKind)
  /// A number that does not fit into 64 bits.
  case overflow
  /// A moment or a length of time that does not fit.
  case momentOverflow
  /// An entity that is not given.
  case missingEntity
  /// A name that the record or entity does not have.
  case missingAttribute(Text)
  /// A tag that the entity does not have.
  case missingTag
  /// A text that the function cannot read.
  case malformedArgument(ExtensionFunction)
  /// More or fewer arguments than the function takes.
  case wrongArgumentCount(ExtensionFunction)
  /// `unknown(…)`, or a slot that no link has filled.
  case unknown
}

extension EvaluationError: CustomStringConvertible {
  /// What is wrong, without a value.
  package var description: String {
    switch self {
    case .wrongKind(let expected, let found):
      "expected \(expected.map(\.rawValue).joined(separator: " or ")), found \(found.rawValue)"
    case .overflow: "integer overflow"
    case .momentOverflow: "moment out of range"
    case .missingEntity: "entity does not exist"
    case .missingAttribute(let name): "no attribute `\(name)`"
    case .missingTag: "no such tag"
    case .malformedArgument(let function): "argument that `\(function.rawValue)` cannot read"
    case .wrongArgumentCount(let function): "wrong number of arguments to `\(function.rawValue)`"
    case .unknown: "value that is not known"
    }
  }
}
