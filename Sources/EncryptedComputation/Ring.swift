import Ciphers

/// What is computed once for a parameter set: transforms, and the constants of encoding, decoding and key switching.
final class Ring: Sendable {
  let parameters: Parameters
  let degree: Int
  /// The primes of q, then the special one.
  let moduli: [Modulus]
  let transforms: [Transform]
  let plaintext: Transform
  /// How many primes q has.
  let count: Int

  /// For each prime of q: t, 1/t and −1/t, q's share of the others inverted, 1/P.
  let plaintextMultiplier: [Multiplier]
  let negatedInversePlaintext: [Multiplier]
  let shareInverse: [Multiplier]
  let specialInverse: [Multiplier]
  /// q modulo t.
  let modulusInPlaintext: Multiplier
  /// ⌊2^(60 + bits) / prime⌋ and `bits`, with which a residue becomes a fraction of 60 bits.
  let fraction: [(ratio: UInt64, shift: UInt64)]
  /// q / t and q, rounded.
  let delta: Double

  static let rings = Parameters.all.map { Ring($0) }

  static func of(_ parameters: Parameters) -> Ring {
    rings.first { $0.parameters == parameters } ?? Ring(parameters)
  }

  private init(_ parameters: Parameters) {
    self.parameters = parameters
    degree = parameters.degree
    count = parameters.primes.count
    let primes = parameters.primes.map { Modulus($0) }
    moduli = primes + [Modulus(parameters.special)]
    transforms = moduli.map { Transform($0, degree: parameters.degree) }
    let t = Modulus(parameters.plaintextModulus)
    plaintext = Transform(t, degree: parameters.degree)
    plaintextMultiplier = primes.map { Multiplier(t.value, $0) }
    negatedInversePlaintext = primes.map { Multiplier($0.negate($0.inverse(t.value)), $0) }
    specialInverse = primes.map { Multiplier($0.inverse($0.reduce(parameters.special)), $0) }
    shareInverse = primes.indices.map { i in
      let share = primes.indices.filter { $0 != i }.reduce(UInt64(1)) { product, j in
        primes[i].multiply(product, primes[i].reduce(primes[j].value))
      }
      return Multiplier(primes[i].inverse(share), primes[i])
    }
    modulusInPlaintext = Multiplier(primes.reduce(UInt64(1)) { t.multiply($0, t.reduce($1.value)) }, t)
    fraction = primes.map {
      let bits = UInt64(63 - $0.value.leadingZeroBitCount)
      return (UInt64((UInt128(1) << UInt128(60 + bits)) / UInt128($0.value)), bits)
    }
    delta = primes.reduce(1 / Double(t.value)) { $0 * Double($1.value) }
  }

  /// From coefficients to values modulo each prime of q, in place.
  func forward(_ polynomial: inout [UInt64]) {
    for i in 0..<polynomial.count / degree { transforms[i].forward(&polynomial, at: i * degree) }
  }

  /// From values to coefficients modulo each prime of q, in place.
  func backward(_ polynomial: inout [UInt64]) {
    for i in 0..<polynomial.count / degree { transforms[i].backward(&polynomial, at: i * degree) }
  }

  /// left + right, residue by residue.
  func add(_ right: [UInt64], to left: inout [UInt64]) {
    combine(right, into: &left) { $0.add($1, $2) }
  }

  /// left − right, residue by residue.
  func subtract(_ right: [UInt64], from left: inout [UInt64]) {
    combine(right, into: &left) { $0.subtract($1, $2) }
  }

  /// left · right, value by value.
  func multiply(_ left: inout [UInt64], by right: [UInt64]) {
    combine(right, into: &left) { $0.multiply($1, $2) }
  }

  /// sum + left · right, value by value.
  func add(product left: [UInt64], _ right: [UInt64], to sum: inout [UInt64]) {
    combine(left, right, into: &sum) { modulus, sum, left, right in modulus.add(sum, modulus.multiply(left, right)) }
  }

  /// rest − left · right, value by value.
  func subtract(product left: [UInt64], _ right: [UInt64], from rest: inout [UInt64]) {
    combine(left, right, into: &rest) { modulus, rest, left, right in
      modulus.subtract(rest, modulus.multiply(left, right))
    }
  }

  @inline(__always)
  private func combine(
    _ right: [UInt64], into left: inout [UInt64], _ operation: (Modulus, UInt64, UInt64) -> UInt64
  ) {
    precondition(left.count == right.count, "polynomials of one ring")
    let right = right.span
    var left = left.mutableSpan
    for i in 0..<left.count / degree {
      let modulus = moduli[i]
      for j in i * degree..<(i + 1) * degree { left[j] = operation(modulus, left[j], right[j]) }
    }
  }

  @inline(__always)
  private func combine(
    _ left: [UInt64], _ right: [UInt64], into sum: inout [UInt64],
    _ operation: (Modulus, UInt64, UInt64, UInt64) -> UInt64
  ) {
    precondition(sum.count == left.count && sum.count == right.count, "polynomials of one ring")
    let left = left.span
    let right = right.span
    var sum = sum.mutableSpan
    for i in 0..<sum.count / degree {
      let modulus = moduli[i]
      for j in i * degree..<(i + 1) * degree { sum[j] = operation(modulus, sum[j], left[j], right[j]) }
    }
  }
}
