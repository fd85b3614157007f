import Glibc

/// Bounds of noise: the largest coefficient that c₀ + c₁·s − (q/t)·m can have, whatever was sampled.
///
/// They hold always, not with high probability: an error's coefficient is at most 21 and a secret's at most 1, so that a
/// product of two polynomials has at most N times the product of their largest coefficients. A bound is a `Double`, and
/// each step adds one part in 2^40 to it, which covers its rounding.
enum Noise {
  /// What rounding (q/t)·m adds.
  static let rounding = 0.5

  /// The largest noise that results may have: half of what would still be decrypted rightly, q / 2t.
  static func limit(_ ring: Ring) -> Double { ring.delta / 4 }

  static func ofSecretEncryption(_ ring: Ring) -> Double { Double(Sampling.largestError) + rounding }

  /// e·u + e₁ + e₂·s, where e is the public key's.
  static func ofPublicEncryption(_ ring: Ring) -> Double {
    up(Double(Sampling.largestError) * Double(2 * ring.degree + 1) + rounding)
  }

  /// What switching a key adds: Σ dᵢ·eᵢ / P with digits dᵢ below the primes, and the rounding of both parts by P.
  static func ofSwitching(_ ring: Ring) -> Double {
    let n = Double(ring.degree)
    let digits = ring.parameters.primes.reduce(0) { $0 + Double($1) }
    return up(n * digits * Double(Sampling.largestError) / Double(ring.parameters.special) + (n + 1) / 2)
  }

  static func up(_ bound: Double) -> Double { bound * (1 + 0x1p-40) }

  /// Refuses a ciphertext that might not be decrypted rightly.
  static func check(_ ciphertext: Ciphertext, _ ring: Ring) throws(ComputationError) {
    guard ciphertext.noise <= limit(ring) else { throw ComputationError(.noBudget) }
  }

  /// How many times the noise can double before that.
  static func bitsLeft(_ ciphertext: Ciphertext, _ ring: Ring) -> Double {
    log2(limit(ring) / max(ciphertext.noise, 1))
  }
}
