package import Ciphers

extension PublicKey {
  /// The key as a file.
  package var file: [UInt8] {
    FileForm.bytes(.publicKey, parameters, id) { output in append(to: &output) }
  }

  /// The key in a file.
  package init(file: [UInt8]) throws(ComputationError) {
    var reader = try FileReader(file, .publicKey)
    try self.init(&reader)
    try reader.finish()
  }

  fileprivate init(_ reader: inout FileReader) throws(ComputationError) {
    let ring = Ring.of(reader.parameters)
    let seed = try reader.seed()
    let body = try reader.polynomial(ring, ring.count)
    let mask = try Sampling.uniform(seed, ring, ring.count)
    self.init(reader.parameters, seed: seed, body: body, mask: mask)
    guard id == reader.key else { throw ComputationError(.otherKey) }
  }

  fileprivate func append(to output: inout [UInt8]) {
    output += seed.bytes
    Packing.append(body, Ring.of(parameters), to: &output)
  }
}

extension EvaluationKey {
  /// The key as a file.
  package var file: [UInt8] {
    FileForm.bytes(.evaluationKey, parameters, id) { output in
      publicKey.append(to: &output)
      for part in switching.flatMap(\.parts) {
        output += part.seed.bytes
        Packing.append(part.body, Ring.of(parameters), to: &output)
      }
    }
  }

  /// The key in a file.
  package init(file: [UInt8]) throws(ComputationError) {
    var reader = try FileReader(file, .evaluationKey)
    let publicKey = try PublicKey(&reader)
    let ring = Ring.of(reader.parameters)
    var keys: [SwitchingKey] = []
    for element in SwitchingKey.elements(ring) {
      var parts: [SwitchingKey.Part] = []
      for _ in 0..<ring.count {
        let seed = try reader.seed()
        let body = try reader.polynomial(ring, ring.count + 1)
        let mask = try Sampling.uniform(seed, ring, ring.count + 1)
        parts.append(SwitchingKey.Part(seed: seed, body: body, mask: mask))
      }
      keys.append(SwitchingKey(element: element, parts: parts))
    }
    try reader.finish()
    self.init(publicKey: publicKey, switching: keys)
  }
}

extension SecretKey {
  /// The key as the content of a file that the caller seals.
  package func revealingFile() -> SecretBytes {
    var file = FileForm.bytes(.secretKey, parameters, id) { output in
      coefficients.withBytes { bytes in
        for index in bytes.indices { output.append(bytes[index]) }
      }
    }
    return SecretBytes(taking: &file)
  }

  /// The key in a file that was sealed; the array is wiped.
  package init(file: inout [UInt8]) throws(ComputationError) {
    defer { file.wipe() }
    // INVARIANT: the reader, which shares the array's storage, is gone before the array is wiped.
    var (parameters, id, coefficients) = try SecretKey.parts(of: file)
    self.init(parameters, id, SecretBytes(taking: &coefficients))
  }

  private static func parts(of file: [UInt8]) throws(ComputationError) -> (Parameters, KeyID, [UInt8]) {
    var reader = try FileReader(file, .secretKey)
    let coefficients = try reader.bytes(reader.parameters.degree)
    guard coefficients.allSatisfy({ $0 <= 2 }) else { throw ComputationError(.malformed) }
    try reader.finish()
    return (reader.parameters, reader.key, coefficients)
  }
}
