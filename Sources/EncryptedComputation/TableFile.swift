extension EncryptedTable {
  static let mostColumns = 1024

  /// The table as a file.
  package var file: [UInt8] {
    let ring = Ring.of(parameters)
    return FileForm.bytes(.table, parameters, key) { output in
      output.append(UInt16(columns.count))
      for column in columns { column.append(to: &output, ring) }
    }
  }

  /// The table in a file.
  package init(file: [UInt8]) throws(ComputationError) {
    var reader = try FileReader(file, .table)
    let count = Int(try reader.integer(UInt16.self))
    guard count > 0, count <= EncryptedTable.mostColumns else { throw ComputationError(.malformed) }
    var columns: [EncryptedColumn] = []
    for _ in 0..<count {
      let column = try EncryptedColumn(&reader)
      guard !columns.contains(where: { $0.name == column.name }) else { throw ComputationError(.malformed) }
      columns.append(column)
    }
    try reader.finish()
    self.init(reader.parameters, reader.key, columns)
  }
}

extension EncryptedColumn {
  /// Name, kind, rows, decimals, bounds; then each ciphertext: its noise, whether a seed stands for its second part, that
  /// seed or part, and its first part.
  fileprivate func append(to output: inout [UInt8], _ ring: Ring) {
    output.append(UInt8(name.utf8.count))
    output += Array(name.utf8)
    output.append(kind.rawValue)
    output.append(UInt64(count))
    output.append(UInt8(bounds.decimals))
    output.append(bounds.range.lowerBound)
    output.append(bounds.range.upperBound)
    for ciphertext in ciphertexts {
      output.append(ciphertext.noise.bitPattern)
      output.append(UInt8(ciphertext.seed == nil ? 0 : 1))
      if let seed = ciphertext.seed {
        output += seed.bytes
      } else {
        Packing.append(ciphertext.second, ring, to: &output)
      }
      Packing.append(ciphertext.first, ring, to: &output)
    }
  }

  fileprivate init(_ reader: inout FileReader) throws(ComputationError) {
    let parameters = reader.parameters
    let name = String(validating: try reader.bytes(Int(try reader.integer(UInt8.self))), as: UTF8.self)
    guard let name, EncryptedColumn.isName(name), let kind = Kind(rawValue: try reader.integer()) else {
      throw ComputationError(.malformed)
    }
    let count = try reader.integer(UInt64.self)
    let decimals = Int(try reader.integer(UInt8.self))
    let lower = try reader.integer(Int64.self)
    let upper = try reader.integer(Int64.self)
    guard count > 0, count <= UInt64(EncryptedColumn.mostRows), decimals <= Bounds.mostDecimals, lower <= upper,
      lower >= -parameters.largest, upper <= parameters.largest
    else { throw ComputationError(.malformed) }
    var ciphertexts: [Ciphertext] = []
    for _ in 0..<EncryptedColumn.ciphertextCount(kind, Int(count), parameters) {
      ciphertexts.append(try Ciphertext(&reader))
    }
    self.init(
      name: name, kind: kind, count: Int(count), bounds: Bounds(lower...upper, decimals: decimals),
      ciphertexts: ciphertexts)
  }
}

extension Ciphertext {
  fileprivate init(_ reader: inout FileReader) throws(ComputationError) {
    let ring = Ring.of(reader.parameters)
    let noise = Double(bitPattern: try reader.integer())
    guard noise >= Noise.ofSecretEncryption(ring), noise <= Noise.limit(ring) else {
      throw ComputationError(.malformed)
    }
    var seed: Seed?
    let second: [UInt64]
    switch try reader.integer(UInt8.self) {
    case 0: second = try reader.polynomial(ring, ring.count)
    case 1:
      let drawn = try reader.seed()
      second = try Sampling.uniform(drawn, ring, ring.count)
      seed = drawn
    default: throw ComputationError(.malformed)
    }
    let first = try reader.polynomial(ring, ring.count)
    self.init(first, second, seed: seed, noise: noise)
  }
}
