extension PublicKey {
  /// An encryption of these values, at most as many as the ring's degree.
  func encrypt(_ values: ArraySlice<Int64>, using generator: inout some RandomNumberGenerator)
    throws(ComputationError) -> Ciphertext
  {
    let ring = Ring.of(parameters)
    var coefficients = Slots.coefficients(values, ring)
    defer { coefficients.wipe() }
    return try encrypt(Slots.scaled(coefficients, ring), using: &generator)
  }
}

extension SecretKey {
  /// An encryption of these values under a fresh seed, whose second part is that seed.
  ///
  /// `secret` are the key's own values.
  static func encrypt(
    _ values: ArraySlice<Int64>, under secret: [UInt64], _ ring: Ring,
    using generator: inout some RandomNumberGenerator
  ) throws(ComputationError) -> Ciphertext {
    let seed = Seed(using: &generator)
    let mask = try Sampling.uniform(seed, ring, ring.count)
    var plain = Slots.coefficients(values, ring)
    defer { plain.wipe() }
    let body = try ring.masked(mask, by: secret, Slots.scaled(plain, ring), using: &generator)
    return Ciphertext(body, mask, seed: seed, noise: Noise.ofSecretEncryption(ring))
  }

  /// The values of a ciphertext, after its noise was measured; `secret` are the key's own values.
  ///
  /// - Throws: `notAsDeclared` when there is more noise than the ciphertext declares, or more than results may have.
  static func decrypt(_ ciphertext: Ciphertext, with secret: [UInt64], _ ring: Ring) throws(ComputationError)
    -> [Int64]
  {
    var phase = ciphertext.first
    ring.add(product: ciphertext.second, secret, to: &phase)
    ring.backward(&phase)
    var (plain, noise) = rounding(phase, ring)
    phase.wipe()
    defer { plain.wipe() }
    // Fractions have 60 bits, so that noise is known to a part of 2^57 of q / t.
    let declared = min(ciphertext.noise, Noise.limit(ring))
    guard noise <= Noise.up(declared) + ring.delta * 0x1p-57 else { throw ComputationError(.notAsDeclared) }
    return Slots.values(&plain, ring)
  }

  /// ⌊(t/q)·x⌉ modulo t for each coefficient, and the largest distance from it, times q / t.
  ///
  /// With yᵢ = xᵢ·(q/qᵢ)⁻¹ modulo qᵢ, (t/q)·x is Σ t·yᵢ/qᵢ up to multiples of t (Halevi, Polyakov and Shoup, 2019): each
  /// term is divided exactly, and its rest is a fraction of 60 bits.
  private static func rounding(_ phase: [UInt64], _ ring: Ring) -> ([UInt64], Double) {
    var result = [UInt64](repeating: 0, count: ring.degree)
    var output = result.mutableSpan
    let phase = phase.span
    var farthest: UInt64 = 0
    for j in 0..<ring.degree {
      var whole: UInt64 = 0
      var fractions: UInt64 = 0
      for i in 0..<ring.count {
        let modulus = ring.moduli[i]
        let y = ring.shareInverse[i].multiply(phase[i * ring.degree + j], modulus)
        let multiplier = ring.plaintextMultiplier[i]
        let rest = multiplier.lazily(y, modulus.value)
        whole &+= y.multipliedFullWidth(by: multiplier.quotient).high &+ (rest >= modulus.value ? 1 : 0)
        let (high, low) = modulus.once(rest).multipliedFullWidth(by: ring.fraction[i].ratio)
        fractions &+= high << (64 - ring.fraction[i].shift) | low >> ring.fraction[i].shift
      }
      let near = (fractions &+ 1 << 59) >> 60
      let distance = Int64(bitPattern: fractions &- near << 60)
      let sign = distance >> 63
      farthest = max(farthest, UInt64(bitPattern: (distance ^ sign) &- sign))
      output[j] = ring.plaintext.modulus.reduce(whole &+ near)
    }
    return (result, Double(farthest) * 0x1p-60 * ring.delta)
  }
}
