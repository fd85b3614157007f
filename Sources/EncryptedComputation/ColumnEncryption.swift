extension PublicKey {
  /// A column of numbers, in units of the last decimal.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package func encrypt(
    _ values: [Int64], name: String, bounds: Bounds, using generator: inout some RandomNumberGenerator
  ) throws(ComputationError) -> EncryptedColumn {
    try EncryptedColumn.check(values, name, bounds, parameters)
    var ciphertexts: [Ciphertext] = []
    for start in stride(from: 0, to: values.count, by: parameters.degree) {
      let part = values[start..<min(values.count, start + parameters.degree)]
      ciphertexts.append(try encrypt(part, using: &generator))
    }
    return EncryptedColumn(name: name, kind: .values, count: values.count, bounds: bounds, ciphertexts: ciphertexts)
  }
}

extension SecretKey {
  /// A column of numbers, in units of the last decimal; its ciphertexts are half as large as those of a public key.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package func encrypt(
    _ values: [Int64], name: String, bounds: Bounds, using generator: inout some RandomNumberGenerator
  ) throws(ComputationError) -> EncryptedColumn {
    try EncryptedColumn.check(values, name, bounds, parameters)
    return EncryptedColumn(
      name: name, kind: .values, count: values.count, bounds: bounds,
      ciphertexts: try ciphertexts(values, using: &generator))
  }

  /// A question for one row of a table of `count` rows, from zero.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package func query(
    row: Int, of count: Int, name: String, using generator: inout some RandomNumberGenerator
  ) throws(ComputationError) -> EncryptedColumn {
    guard parameters.floods else { throw ComputationError(.notOffered) }
    guard count > 0, count <= 1 << 24 else { throw ComputationError(.empty) }
    guard row >= 0, row < count else { throw ComputationError(.outsideBounds) }
    var values = [Int64](repeating: 0, count: count)
    // INVARIANT: every row is written, so that the time does not depend on which one it is.
    for index in values.indices { values[index] = index == row ? 1 : 0 }
    try EncryptedColumn.check(values, name, Bounds(0...1), parameters)
    return EncryptedColumn(
      name: name, kind: .query, count: count, bounds: Bounds(0...1),
      ciphertexts: try ciphertexts(values, using: &generator))
  }

  /// The numbers of a column, in units of the last decimal: one for each row, or one for all.
  ///
  /// - Throws: `notAsDeclared` when the ciphertexts are not what the column declares.
  package func decrypt(_ column: EncryptedColumn) throws(ComputationError) -> [Int64] {
    var values: [Int64] = []
    values.reserveCapacity(column.ciphertexts.count * parameters.degree)
    let ring = Ring.of(parameters)
    var secret = coefficients.values(ring, ring.count)
    defer { secret.wipe() }
    for ciphertext in column.ciphertexts { values += try SecretKey.decrypt(ciphertext, with: secret, ring) }
    if column.kind.isSingle {
      guard let first = values.first, values.allSatisfy({ $0 == first }) else { throw ComputationError(.notAsDeclared) }
      values = [first]
    } else {
      guard values.count >= column.count, values[column.count...].allSatisfy({ $0 == 0 }) else {
        throw ComputationError(.notAsDeclared)
      }
      values.removeLast(values.count - column.count)
    }
    guard values.allSatisfy(column.bounds.range.contains) else { throw ComputationError(.notAsDeclared) }
    return values
  }

  private func ciphertexts(
    _ values: [Int64], using generator: inout some RandomNumberGenerator
  ) throws(ComputationError) -> [Ciphertext] {
    let ring = Ring.of(parameters)
    var secret = coefficients.values(ring, ring.count)
    defer { secret.wipe() }
    var ciphertexts: [Ciphertext] = []
    for start in stride(from: 0, to: values.count, by: ring.degree) {
      let part = values[start..<min(values.count, start + ring.degree)]
      ciphertexts.append(try SecretKey.encrypt(part, under: secret, ring, using: &generator))
    }
    return ciphertexts
  }
}

extension EncryptedColumn {
  static func check(_ values: [Int64], _ name: String, _ bounds: Bounds, _ parameters: Parameters)
    throws(ComputationError)
  {
    guard !values.isEmpty else { throw ComputationError(.empty) }
    guard isName(name) else { throw ComputationError(.otherForm) }
    guard bounds.range.lowerBound >= -parameters.largest, bounds.range.upperBound <= parameters.largest else {
      throw ComputationError(.tooLarge)
    }
    guard values.allSatisfy(bounds.range.contains) else { throw ComputationError(.outsideBounds) }
  }

  /// Whether a column may be called so.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= longestName
      && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{7F}" }
  }
}
