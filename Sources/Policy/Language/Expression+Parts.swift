extension Expression {
  /// The expressions directly below this one.
  package var parts: [Expression] {
    switch self {
    case .bool, .long, .string, .entity, .variable, .slot: []
    case .conditional(let condition, let consequence, let alternative): [condition, consequence, alternative]
    case .all(let operands), .any(let operands), .set(let operands), .call(_, let operands), .unknown(let operands):
      operands
    case .not(let operand), .negation(let operand), .isEmpty(let operand), .attribute(let operand, _),
      .has(let operand, _), .like(let operand, _):
      [operand]
    case .binary(_, let left, let right): [left, right]
    case .isType(let operand, _, let group): [operand] + (group.map { [$0] } ?? [])
    case .record(let fields): fields.map(\.value)
    }
  }

  /// Whether a slot stands in it.
  var hasSlot: Bool {
    if case .slot = self { true } else { parts.contains { $0.hasSlot } }
  }
}
