extension Expression {
  /// How many parts an expression may have once `has` with a path and `is … in` are written out.
  package static let sizeLimit = 1_000_000

  /// How many parts it has then; no more than just above the limit.
  ///
  /// `a has b.c` stands for `a has b && a.b has c`, so what is nested in such operands counts again at every level.
  var size: Int {
    let inner = parts.reduce(0) { min($0 + $1.size, Expression.sizeLimit + 1) }
    let factor =
      switch self {
      case .has(_, let path): path.count
      case .isType(_, _, in: .some): 2
      default: 1
      }
    return min(1 + inner * factor, Expression.sizeLimit + 1)
  }
}
