extension EvaluationKey {
  /// A result and how well it hides what went in; nil where the parameters have no room for that.
  package typealias Result = (column: EncryptedColumn, hiding: Hiding?)

  /// The sum of all rows of columns of one name, of one contributor or of many.
  ///
  /// - Throws: `tooLarge` when the declared bounds allow a sum beyond the plaintext modulus.
  package func sum(
    _ columns: [EncryptedColumn], using generator: inout some RandomNumberGenerator
  ) throws(ComputationError) -> Result {
    guard let first = columns.first else { throw ComputationError(.empty) }
    let ring = Ring.of(parameters)
    var sum = Ciphertext(zeroOf: ring)
    var bounds = Interval(0...0)
    var count = 0
    for column in columns {
      guard column.kind == .values, column.name == first.name, column.bounds.decimals == first.bounds.decimals else {
        throw ComputationError(.otherForm)
      }
      try bounds.add(Interval(column.bounds.range).times(Int64(column.count)))
      count += column.count
      for ciphertext in column.ciphertexts { sum.add(ciphertext, ring) }
    }
    let range = try bounds.range(within: parameters)
    try Noise.check(sum, ring)
    var result = sumOverSlots(sum)
    try Noise.check(result, ring)
    var hiding: Hiding?
    if parameters.floods { (result, hiding) = try flood(result, using: &generator) }
    let column = EncryptedColumn(
      name: first.name, kind: .total, count: count, bounds: Bounds(range, decimals: first.bounds.decimals),
      ciphertexts: [result])
    return (column, hiding)
  }

  /// How many rows of columns of one name have a one, where each has a one or a zero.
  package func count(
    _ columns: [EncryptedColumn], using generator: inout some RandomNumberGenerator
  ) throws(ComputationError) -> Result {
    guard columns.allSatisfy({ $0.bounds == Bounds(0...1) }) else { throw ComputationError(.otherForm) }
    return try sum(columns, using: &generator)
  }
}
