/// Values in slots: N numbers become the polynomial modulo t that takes them at the odd powers of a root of unity, so that
/// sums and products of polynomials are those of the numbers at each place (Smart and Vercauteren, 2011).
///
/// A slot is a place of the transform; its number has no other meaning than which value is where.
enum Slots {
  /// Coefficients modulo t of the polynomial with these values; missing ones are zero.
  static func coefficients(_ values: ArraySlice<Int64>, _ ring: Ring) -> [UInt64] {
    let t = ring.plaintext.modulus
    var result = [UInt64](repeating: 0, count: ring.degree)
    for (index, value) in values.enumerated() { result[index] = t.residue(value) }
    ring.plaintext.backward(&result)
    return result
  }

  /// (q/t)·m rounded, as coefficients modulo the primes of q.
  ///
  /// q·m = t·⌊q·m/t⌉ + r with r = q·m mod t, centred; modulo a prime of q that is ⌊q·m/t⌉ = −r/t.
  static func scaled(_ coefficients: [UInt64], _ ring: Ring) -> [UInt64] {
    let t = ring.plaintext.modulus
    var result = [UInt64](repeating: 0, count: ring.count * ring.degree)
    var output = result.mutableSpan
    for j in 0..<ring.degree {
      let rest = t.centred(ring.modulusInPlaintext.multiply(coefficients[j], t))
      let negative = UInt64(bitPattern: rest >> 63)
      for i in 0..<ring.count {
        let residue = UInt64(bitPattern: rest) &+ (ring.moduli[i].value & negative)
        output[i * ring.degree + j] = ring.negatedInversePlaintext[i].multiply(residue, ring.moduli[i])
      }
    }
    return result
  }

  /// m itself with centred coefficients, as values modulo the primes of q: what a ciphertext is multiplied by.
  static func lifted(_ coefficients: [UInt64], _ ring: Ring) -> [UInt64] {
    let t = ring.plaintext.modulus
    var result = [UInt64](repeating: 0, count: ring.count * ring.degree)
    var output = result.mutableSpan
    for j in 0..<ring.degree {
      let small = t.centred(coefficients[j])
      let negative = UInt64(bitPattern: small >> 63)
      for i in 0..<ring.count {
        output[i * ring.degree + j] = UInt64(bitPattern: small) &+ (ring.moduli[i].value & negative)
      }
    }
    ring.forward(&result)
    return result
  }

  /// The values of a polynomial modulo t, each the number of least magnitude.
  static func values(_ coefficients: inout [UInt64], _ ring: Ring) -> [Int64] {
    ring.plaintext.forward(&coefficients)
    return coefficients.map { ring.plaintext.modulus.centred($0) }
  }
}
