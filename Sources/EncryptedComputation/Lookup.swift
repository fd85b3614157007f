extension EvaluationKey {
  /// The number of the row that a query asks for; the one who computes does not learn which.
  ///
  /// The query's ones and zeros are multiplied by the table's numbers and summed over all slots. Whoever asks gets one
  /// number modulo the plaintext modulus, also when the query is not what it should be: at most the weighted sum that it
  /// spells out.
  ///
  /// - Throws: `otherForm` when the table has another number of rows than the query, `noPrivacy` when the noise cannot
  ///   hide the table.
  package func lookUp(
    _ query: EncryptedColumn, in table: [Int64], bounds: Bounds, using generator: inout some RandomNumberGenerator
  ) throws(ComputationError) -> Result {
    guard parameters.floods else { throw ComputationError(.notOffered) }
    guard query.kind == .query, query.count == table.count else { throw ComputationError(.otherForm) }
    try EncryptedColumn.check(table, query.name, bounds, parameters)
    let ring = Ring.of(parameters)
    var sum = Ciphertext(zeroOf: ring)
    for (index, ciphertext) in query.ciphertexts.enumerated() {
      let start = index * ring.degree
      let rows = table[start..<min(table.count, start + ring.degree)]
      var term = ciphertext
      term.multiply(lifted: Slots.lifted(Slots.coefficients(rows, ring), ring), ring)
      sum.add(term, ring)
    }
    try Noise.check(sum, ring)
    let selected = sumOverSlots(sum)
    try Noise.check(selected, ring)
    let (fresh, hiding) = try flood(selected, using: &generator)
    let column = EncryptedColumn(
      name: query.name, kind: .answer, count: 1,
      bounds: Bounds(-parameters.largest...parameters.largest, decimals: bounds.decimals), ciphertexts: [fresh])
    return (column, hiding)
  }
}
