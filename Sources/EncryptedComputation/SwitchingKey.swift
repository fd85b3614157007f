import Ciphers

/// What turns a ciphertext under σ(s) into one under s, for one automorphism σ: X ↦ X^element.
///
/// It is the hybrid method with one digit for each prime and one special prime P (Gentry, Halevi and Smart, 2012; Han and
/// Ki, 2020): part i encrypts P·σ(s) modulo qᵢ and zero modulo the other primes.
struct SwitchingKey: Hashable, Sendable {
  /// One digit's part: −a·s + e + P·σ(s), and a, as values modulo all primes.
  struct Part: Hashable, Sendable {
    let seed: Seed
    let body: [UInt64]
    let mask: [UInt64]
  }

  let element: Int
  let parts: [Part]

  /// The automorphisms whose sums, one after the other, sum over every slot: squares of X ↦ X³, and X ↦ X⁻¹.
  static func elements(_ ring: Ring) -> [Int] {
    var result: [Int] = []
    var element = 3
    while 1 << result.count < ring.degree / 2 {
      result.append(element)
      element = element * element % (2 * ring.degree)
    }
    return result + [2 * ring.degree - 1]
  }

  init(element: Int, parts: [Part]) {
    self.element = element
    self.parts = parts
  }

  init(
    _ element: Int, for secret: borrowing SecretKey, using generator: inout some RandomNumberGenerator
  ) throws(ComputationError) {
    let ring = Ring.of(secret.parameters)
    var values = secret.coefficients.values(ring, ring.count + 1)
    var turned = ring.turned(values, by: element)
    defer {
      values.wipe()
      turned.wipe()
    }
    var parts: [Part] = []
    for digit in 0..<ring.count {
      let seed = Seed(using: &generator)
      let mask = try Sampling.uniform(seed, ring, ring.count + 1)
      var body = try ring.masked(mask, by: values, using: &generator)
      let modulus = ring.moduli[digit]
      let special = Multiplier(modulus.reduce(ring.parameters.special), modulus)
      for j in digit * ring.degree..<(digit + 1) * ring.degree {
        body[j] = modulus.add(body[j], special.multiply(turned[j], modulus))
      }
      parts.append(Part(seed: seed, body: body, mask: mask))
    }
    self.init(element: element, parts: parts)
  }

  /// The ciphertext of the automorphism's values.
  func apply(to ciphertext: Ciphertext, _ ring: Ring) -> Ciphertext {
    var first = ring.turned(ciphertext.first, by: element)
    let second = ring.turned(ciphertext.second, by: element)
    var digits = second
    ring.backward(&digits)
    var sums = [[UInt64](repeating: 0, count: second.count + ring.degree), []]
    sums[1] = sums[0]
    for target in 0...ring.count {
      var lifted = ring.digits(digits, second, to: target)
      for (index, keyPath) in [\Part.body, \Part.mask].enumerated() {
        ring.sumProducts(lifted, parts.map { $0[keyPath: keyPath] }, at: target, into: &sums[index])
      }
      lifted.removeAll()
    }
    ring.add(ring.dividedBySpecial(&sums[0]), to: &first)
    return Ciphertext(
      first, ring.dividedBySpecial(&sums[1]), noise: Noise.up(ciphertext.noise + Noise.ofSwitching(ring)))
  }
}

extension Ring {
  /// The values of f(X^element) from those of f: they are the same ones at other places.
  func turned(_ values: [UInt64], by element: Int) -> [UInt64] {
    var result = [UInt64](repeating: 0, count: values.count)
    var output = result.mutableSpan
    let values = values.span
    for j in 0..<degree {
      let exponent = (2 * Transform.reversed(j, below: degree) + 1) * element % (2 * degree)
      let place = Transform.reversed(exponent / 2, below: degree)
      for i in stride(from: 0, to: values.count, by: degree) { output[i + j] = values[i + place] }
    }
    return result
  }

  /// Every digit as values modulo one prime; a digit's own prime has them already.
  fileprivate func digits(_ coefficients: [UInt64], _ values: [UInt64], to target: Int) -> [UInt64] {
    let modulus = moduli[target]
    var result = target < count ? values : coefficients
    for digit in 0..<count where digit != target {
      for j in digit * degree..<(digit + 1) * degree { result[j] = modulus.reduce(coefficients[j]) }
      transforms[target].forward(&result, at: digit * degree)
    }
    return result
  }

  /// Σ digit · part modulo one prime.
  fileprivate func sumProducts(_ digits: [UInt64], _ parts: [[UInt64]], at target: Int, into sums: inout [UInt64]) {
    let modulus = moduli[target]
    for j in 0..<degree {
      var sum: UInt128 = 0
      for digit in 0..<count {
        let (high, low) = digits[digit * degree + j].multipliedFullWidth(by: parts[digit][target * degree + j])
        sum &+= UInt128(high) << 64 | UInt128(low)
      }
      sums[target * degree + j] = modulus.reduce(sum)
    }
  }

  /// A polynomial modulo all primes, divided by the special one and rounded.
  fileprivate func dividedBySpecial(_ values: inout [UInt64]) -> [UInt64] {
    let special = moduli[count]
    transforms[count].backward(&values, at: count * degree)
    var result = [UInt64](repeating: 0, count: count * degree)
    for i in 0..<count {
      let modulus = moduli[i]
      for j in 0..<degree { result[i * degree + j] = modulus.residue(special.centred(values[count * degree + j])) }
      transforms[i].forward(&result, at: i * degree)
      for j in i * degree..<(i + 1) * degree {
        result[j] = specialInverse[i].multiply(modulus.subtract(values[j], result[j]), modulus)
      }
    }
    return result
  }
}
