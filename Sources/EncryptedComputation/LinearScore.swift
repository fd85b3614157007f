/// Σ weight · feature + intercept: what a linear model gives for each row.
package struct LinearScore: Sendable {
  /// A weight, in units of its last decimal, and how many decimals it has.
  package struct Weight: Hashable, Sendable {
    let units: Int64
    let decimals: Int

    /// The weight that `text` writes.
    package init(parsing text: some StringProtocol) throws(ComputationError) {
      decimals = Decimals.count(in: text)
      guard decimals <= Bounds.mostDecimals else { throw ComputationError(.notANumber) }
      units = try Decimals.units(of: text, decimals: decimals)
    }
  }

  /// The weight of each feature, by the name of its column.
  package let weights: [(feature: String, weight: Weight)]
  /// What is added to each sum.
  package let intercept: Weight?

  /// A model.
  package init(weights: [(feature: String, weight: Weight)], intercept: Weight?) {
    self.weights = weights
    self.intercept = intercept
  }
}

extension EvaluationKey {
  /// The score of every row of a table.
  ///
  /// - Throws: `otherForm` when the table lacks a feature or its columns differ in length, `tooLarge` when the declared
  ///   bounds allow a score beyond the plaintext modulus, `noPrivacy` when the noise cannot hide the weights.
  package func score(
    _ table: EncryptedTable, by model: LinearScore, using generator: inout some RandomNumberGenerator
  ) throws(ComputationError) -> Result {
    guard parameters.floods else { throw ComputationError(.notOffered) }
    try check(table)
    let features = try features(of: table, in: model)
    guard let count = features.first?.column.count else { throw ComputationError(.empty) }
    let decimals = max(features.map(\.decimals).max() ?? 0, model.intercept?.decimals ?? 0)
    guard decimals <= Bounds.mostDecimals else { throw ComputationError(.tooLarge) }

    let ring = Ring.of(parameters)
    var interval = Interval(0...0)
    var sums = features[0].column.ciphertexts.map { _ in Ciphertext(zeroOf: ring) }
    for (column, weight, own) in features {
      let factor = try scaled(weight, own, to: decimals)
      try interval.add(Interval(column.bounds.range).times(factor))
      for index in sums.indices {
        var term = column.ciphertexts[index]
        term.multiply(by: factor, ring)
        sums[index].add(term, ring)
      }
    }
    let intercept = try model.intercept.map { weight throws(ComputationError) in
      try scaled(weight, weight.decimals, to: decimals)
    }
    try interval.add(Interval((intercept ?? 0)...(intercept ?? 0)))
    _ = try interval.range(within: parameters)

    var least = Int.max
    for index in sums.indices {
      if let intercept {
        let rows = min(ring.degree, count - index * ring.degree)
        let values = [Int64](repeating: intercept, count: rows)
        var constant = Slots.scaled(Slots.coefficients(values[...], ring), ring)
        ring.forward(&constant)
        sums[index].add(scaled: constant, ring)
      }
      let (fresh, hiding) = try flood(sums[index], using: &generator)
      sums[index] = fresh
      least = min(least, hiding.distanceBits)
    }
    // The bounds that are declared are those of the parameters: the model's own would tell of its weights.
    let column = EncryptedColumn(
      name: "score", kind: .scores, count: count,
      bounds: Bounds(-parameters.largest...parameters.largest, decimals: decimals), ciphertexts: sums)
    return (column, Hiding(distanceBits: least))
  }

  private func features(
    of table: EncryptedTable, in model: LinearScore
  ) throws(ComputationError) -> [(column: EncryptedColumn, weight: LinearScore.Weight, decimals: Int)] {
    var features: [(column: EncryptedColumn, weight: LinearScore.Weight, decimals: Int)] = []
    for (name, weight) in model.weights {
      guard let column = table.column(name), column.kind == .values,
        column.count == features.first?.column.count ?? column.count
      else { throw ComputationError(.otherForm) }
      features.append((column, weight, column.bounds.decimals + weight.decimals))
    }
    return features
  }

  private func scaled(_ weight: LinearScore.Weight, _ own: Int, to decimals: Int) throws(ComputationError) -> Int64 {
    let (units, overflow) = weight.units.multipliedReportingOverflow(by: Decimals.power(decimals - own))
    guard !overflow, units.magnitude <= UInt64(parameters.largest) else { throw ComputationError(.tooLarge) }
    return units
  }

  /// Refuses a table of other parameters or of another key.
  package func check(_ table: EncryptedTable) throws(ComputationError) {
    guard table.parameters == parameters else { throw ComputationError(.otherParameters) }
    guard table.key == id else { throw ComputationError(.otherKey) }
  }
}
