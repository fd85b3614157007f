/// An expression of the Cedar language.
///
/// `&&` and `||` hold all the operands of a chain, so that a long chain is not a deep tree.
package indirect enum Expression: Hashable, Sendable {
  /// `true` or `false`.
  case bool(Bool)
  /// An integer.
  case long(Int64)
  /// A text.
  case string(Text)
  /// An entity's uid.
  case entity(EntityUID)
  /// A part of the request.
  case variable(Variable)
  /// A place in a template that a link fills.
  case slot(Slot)
  /// `if … then … else …`.
  case conditional(Expression, then: Expression, else: Expression)
  /// `… && …`, at least two.
  case all([Expression])
  /// `… || …`, at least two.
  case any([Expression])
  /// `!…`.
  case not(Expression)
  /// `-…`.
  case negation(Expression)
  /// An operator or method with two operands.
  case binary(BinaryOperator, Expression, Expression)
  /// `….isEmpty()`.
  case isEmpty(Expression)
  /// `….name` or `…["name"]`.
  case attribute(Expression, Text)
  /// `… has name` or `… has a.b.c`.
  case has(Expression, [Text])
  /// `… like "pattern"`.
  case like(Expression, Pattern)
  /// `… is Type`, or `… is Type in …`.
  case isType(Expression, Text, in: Expression?)
  /// `[…]`.
  case set([Expression])
  /// `{…}`.
  case record([Field])
  /// A function of an extension type, the receiver of a method first.
  case call(ExtensionFunction, [Expression])
  /// `unknown("…")`, which no request can answer.
  case unknown([Expression])

  /// A name and its expression in a record.
  package struct Field: Hashable, Sendable {
    /// The name.
    package var name: Text
    /// What it stands for.
    package var value: Expression
  }

  /// The height that a tree of expressions may have.
  package static let heightLimit = 400
}

/// The parts of a request that an expression can name.
package enum Variable: String, CaseIterable, Hashable, Sendable {
  /// Each is written as it is named.
  case principal, action, resource, context
}

/// The places in a template that a link fills.
package enum Slot: String, CaseIterable, Hashable, Sendable {
  /// Written `?principal` and `?resource`.
  case principal, resource
}

/// The operators and methods with two operands.
package enum BinaryOperator: String, CaseIterable, Hashable, Sendable {
  /// Comparison.
  case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
  /// Membership.
  case isIn = "in"
  /// Arithmetic.
  case add = "+", subtract = "-", multiply = "*"
  /// Sets.
  case contains, containsAll, containsAny
  /// Tags.
  case getTag, hasTag

  /// Whether it is written as a method of its first operand.
  var isMethod: Bool {
    switch self {
    case .contains, .containsAll, .containsAny, .getTag, .hasTag: true
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn, .add, .subtract, .multiply: false
    }
  }
}
