extension EvaluationKey {
  /// The sum of two columns, row by row.
  package func sum(
    _ left: EncryptedColumn, _ right: EncryptedColumn, name: String
  ) throws(ComputationError) -> EncryptedColumn {
    var interval = Interval(left.bounds.range)
    try interval.add(Interval(right.bounds.range))
    return try combination(left, right, name, interval) { $0.add($1, $2) }
  }

  /// The difference of two columns, row by row.
  package func difference(
    _ left: EncryptedColumn, _ right: EncryptedColumn, name: String
  ) throws(ComputationError) -> EncryptedColumn {
    var interval = Interval(left.bounds.range)
    try interval.add(Interval(right.bounds.range).times(-1))
    return try combination(left, right, name, interval) { $0.subtract($1, $2) }
  }

  /// A column with a number added to each row, in units of the column's last decimal.
  package func column(_ column: EncryptedColumn, adding values: [Int64]) throws(ComputationError) -> EncryptedColumn {
    let ring = Ring.of(parameters)
    var interval = Interval(column.bounds.range)
    try interval.add(try EvaluationKey.interval(of: values, for: column))
    return try changed(column, column.name, interval, column.bounds.decimals) { ciphertext, rows in
      var plain = Slots.scaled(Slots.coefficients(values[rows], ring), ring)
      ring.forward(&plain)
      ciphertext.add(scaled: plain, ring)
    }
  }

  /// A column with each row multiplied by a number of its own, an integer.
  ///
  /// Ones and zeros choose rows. The numbers stay unknown to the key's holder only after `sum` or another result that is
  /// flooded.
  package func column(
    _ column: EncryptedColumn, multipliedBy values: [Int64]
  ) throws(ComputationError) -> EncryptedColumn {
    let ring = Ring.of(parameters)
    let factors = try EvaluationKey.interval(of: values, for: column)
    var interval = try Interval(column.bounds.range).times(factors.lower)
    try interval.extend(to: Interval(column.bounds.range).times(factors.upper))
    return try changed(column, column.name, interval, column.bounds.decimals) { ciphertext, rows in
      ciphertext.multiply(lifted: Slots.lifted(Slots.coefficients(values[rows], ring), ring), ring)
    }
  }

  /// A column with each row multiplied by the same integer.
  package func column(_ column: EncryptedColumn, multipliedBy factor: Int64) throws(ComputationError) -> EncryptedColumn
  {
    let ring = Ring.of(parameters)
    let interval = try Interval(column.bounds.range).times(factor)
    return try changed(column, column.name, interval, column.bounds.decimals) { ciphertext, _ in
      ciphertext.multiply(by: factor, ring)
    }
  }

  private func combination(
    _ left: EncryptedColumn, _ right: EncryptedColumn, _ name: String, _ interval: Interval,
    _ operation: (inout Ciphertext, Ciphertext, Ring) -> Void
  ) throws(ComputationError) -> EncryptedColumn {
    guard right.kind == .values, left.count == right.count, left.bounds.decimals == right.bounds.decimals,
      EncryptedColumn.isName(name)
    else { throw ComputationError(.otherForm) }
    let ring = Ring.of(parameters)
    return try changed(left, name, interval, left.bounds.decimals) { ciphertext, rows in
      operation(&ciphertext, right.ciphertexts[rows.lowerBound / ring.degree], ring)
    }
  }

  private func changed(
    _ column: EncryptedColumn, _ name: String, _ interval: Interval, _ decimals: Int,
    _ change: (inout Ciphertext, Range<Int>) -> Void
  ) throws(ComputationError) -> EncryptedColumn {
    guard column.kind == .values else { throw ComputationError(.otherForm) }
    let range = try interval.range(within: parameters)
    let ring = Ring.of(parameters)
    var ciphertexts = column.ciphertexts
    for index in ciphertexts.indices {
      let start = index * ring.degree
      change(&ciphertexts[index], start..<min(column.count, start + ring.degree))
      try Noise.check(ciphertexts[index], ring)
    }
    return EncryptedColumn(
      name: name, kind: .values, count: column.count, bounds: Bounds(range, decimals: decimals),
      ciphertexts: ciphertexts)
  }

  private static func interval(
    of values: [Int64], for column: EncryptedColumn
  ) throws(ComputationError) -> Interval {
    guard values.count == column.count, let least = values.min(), let most = values.max() else {
      throw ComputationError(.otherForm)
    }
    return Interval(least...most)
  }
}
