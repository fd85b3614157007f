/// A parameter set of the scheme: the ring, the moduli and what they are for.
///
/// ## Security
/// The secret is uniform ternary and the error a centred binomial of variance 10.5 (standard deviation 3.24, above the
/// standard's 3.19). The product of all primes, the one for switching keys included, stays below the largest modulus
/// that Bossuat and others, *Security Guidelines for Implementing Homomorphic Encryption* (ePrint 2024/463), give for
/// ternary secrets and 128 bits against classical attacks (106 bits for N = 4096, 214 for N = 8192), which is stricter
/// than the table of the Homomorphic Encryption Security Standard of 2018 (109 and 218).
package struct Parameters: Hashable, Sendable, CustomStringConvertible {
  /// The name under which people choose it.
  package let name: String
  /// The number under which files name it.
  package let id: UInt16
  /// The degree of the ring, N: how many values one ciphertext holds.
  package let degree: Int
  /// The primes whose product is the ciphertext modulus q; each is 1 modulo 2N.
  package let primes: [UInt64]
  /// The prime that keys are switched with, 1 modulo 2N.
  package let special: UInt64
  /// The plaintext modulus t, a prime that is 1 modulo 2N and smaller than each prime of q.
  package let plaintextModulus: UInt64
  /// Whether results are flooded with noise, so that they tell nothing but their value.
  package let floods: Bool

  /// Counts and small sums, in the smallest ciphertexts, for data that the key's holder encrypted.
  package static let counts4096 = Parameters(
    name: "counts-4096", id: 1, degree: 4096, primes: [34_359_697_409, 34_359_451_649], special: 68_719_403_009,
    plaintextModulus: 1_073_692_673, floods: false)

  /// Linear scores and lookups.
  package static let scores8192 = Parameters(
    name: "scores-8192", id: 2, degree: 8192,
    primes: [9_007_199_254_429_697, 9_007_199_254_364_161, 9_007_199_254_331_393], special: 36_028_797_018_652_673,
    plaintextModulus: 4_294_475_777, floods: true)

  /// Sums of many contributors, up to 562 million million.
  package static let sums8192 = Parameters(
    name: "sums-8192", id: 3, degree: 8192,
    primes: [9_007_199_254_429_697, 9_007_199_254_364_161, 9_007_199_254_331_393], special: 36_028_797_018_652_673,
    plaintextModulus: 1_125_899_906_826_241, floods: true)

  /// Every parameter set.
  package static let all = [counts4096, scores8192, sums8192]

  /// The largest number that comes out as it went in: half the plaintext modulus.
  package var largest: Int64 { Int64(plaintextModulus / 2) }

  /// The name.
  package var description: String { name }

  /// The parameter set of this number.
  package init?(id: UInt16) {
    guard let found = Parameters.all.first(where: { $0.id == id }) else { return nil }
    self = found
  }

  /// The parameter set of this name.
  package init?(name: String) {
    guard let found = Parameters.all.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  private init(
    name: String, id: UInt16, degree: Int, primes: [UInt64], special: UInt64, plaintextModulus: UInt64, floods: Bool
  ) {
    self.name = name
    self.id = id
    self.degree = degree
    self.primes = primes
    self.special = special
    self.plaintextModulus = plaintextModulus
    self.floods = floods
  }
}
