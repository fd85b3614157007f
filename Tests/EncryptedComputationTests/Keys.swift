import EncryptedComputation
import TestKit

/// A pair and its evaluation key, made once for each parameter set: making them takes most of a test.
final class Keys: Sendable {
  let pair: KeyPair
  let evaluation: EvaluationKey

  init(_ parameters: Parameters, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    pair = try SecretKey.generate(parameters, using: &random)
    evaluation = try EvaluationKey(for: pair, using: &random)
  }

  /// What each of the two keys makes of a column.
  func columns(
    _ values: [Int64], name: String = "x", bounds: Bounds, using random: inout some RandomNumberGenerator
  ) throws -> [EncryptedColumn] {
    [
      try pair.secret.encrypt(values, name: name, bounds: bounds, using: &random),
      try pair.publicKey.encrypt(values, name: name, bounds: bounds, using: &random),
    ]
  }

  func table(_ columns: EncryptedColumn...) -> EncryptedTable {
    EncryptedTable(evaluation.parameters, evaluation.id, columns)
  }
}

extension RandomNumberGenerator {
  mutating func values(_ count: Int, in range: ClosedRange<Int64>) -> [Int64] {
    (0..<count).map { _ in Int64.random(in: range, using: &self) }
  }
}
