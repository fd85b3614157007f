import Bytes
import Ciphers

/// The weights of the rows of subjects' keys: powers of two secret numbers, with the number of the row as exponent.
///
/// What is under a version of the tenant key is told by the sum of its rows' weights, so that wrapping a run of rows anew
/// costs one product for each and no hash. Two sets of row numbers below 2^40 that differ have the same sums with a
/// probability of (2^40 / 2^61)^2 over the secret numbers at most: their difference is a polynomial with so many roots.
final class KeyWeights: Sendable {
  /// The largest number of a row.
  static let largest: Int64 = 1 << 40

  private let bases: SIMD2<UInt64>

  init(_ evidence: SecretBox) {
    let bytes = evidence.secret.derived(for: "cordon vault v1 key rows").withBytes { [UInt8](copying: $0) }
    func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    bases = SIMD2(2 + word(0) % (Residue.modulus - 2), 2 + word(8) % (Residue.modulus - 2))
  }

  /// The weight of one row.
  func weight(_ id: Int64) throws(VaultError) -> SIMD2<UInt64> {
    guard (0..<KeyWeights.largest).contains(id) else { throw VaultError(.altered(.subjectKeys)) }
    return SIMD2(Residue.power(bases[0], UInt64(id)), Residue.power(bases[1], UInt64(id)))
  }

  /// The tally of those rows from `first` on whose slot is filled.
  func tally(from first: Int64, filled: [Bool]) throws(VaultError) -> Tally {
    var weight = try weight(first)
    _ = try self.weight(first + Int64(filled.count))
    var tally = Tally()
    for isFilled in filled {
      if isFilled { tally.add(weight) }
      weight = SIMD2(Residue.product(weight[0], bases[0]), Residue.product(weight[1], bases[1]))
    }
    return tally
  }
}
