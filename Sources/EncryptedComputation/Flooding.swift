import Ciphers
import Glibc

/// How well a result hides everything but its value from the one who decrypts it.
package struct Hiding: Hashable, Sendable {
  /// The result's noise is within 2^-distanceBits of noise that depends on nothing (total variation).
  package let distanceBits: Int

  /// What a result must reach.
  package static let least = 40
}

extension EvaluationKey {
  /// A result made fresh: an encryption of zero and noise as large as the budget permits are added.
  ///
  /// Whoever decrypts sees c₁ and the noise beside the value. c₁ becomes pseudorandom by the encryption of zero. The noise
  /// before was at most B in each of N coefficients; a uniform number of [−F, F) moved by at most B is within B/2F of one
  /// that was not moved, so that all together are within N·B/2F (Asharov and others, EUROCRYPT 2012). F is fixed by the
  /// parameters: neither it nor the declared noise tells how large the weights were.
  func flood(_ ciphertext: Ciphertext, using generator: inout some RandomNumberGenerator)
    throws(ComputationError) -> (Ciphertext, Hiding)
  {
    let ring = Ring.of(parameters)
    guard parameters.floods else { throw ComputationError(.notOffered) }
    var result = ciphertext
    result.add(try publicKey.encrypt(nil, using: &generator), ring)
    let limit = Noise.limit(ring)
    let exponent = Int(log2(limit / 2))
    let distance = Double(exponent + 1) - log2(Double(ring.degree) * (result.noise + Noise.rounding))
    guard result.noise <= limit / 2, distance >= Double(Hiding.least) else { throw ComputationError(.noPrivacy) }
    var noise = try ring.uniform(magnitudeBits: exponent, using: &generator)
    ring.add(noise, to: &result.first)
    noise.wipe()
    result.noise = limit
    return (result, Hiding(distanceBits: Int(distance)))
  }
}

extension Ring {
  /// A polynomial with uniform coefficients of [−2^bits, 2^bits), as values.
  fileprivate func uniform(magnitudeBits bits: Int, using generator: inout some RandomNumberGenerator)
    throws(ComputationError) -> [UInt64]
  {
    precondition((64..<127).contains(bits), "flooding noise has two words")
    let key = SecretBytes(count: Seed.byteCount, using: &generator)
    var result: [UInt64]
    do throws(CipherError) {
      result = try Keystream.withWords(2 * degree, of: key) { words in
        var result = [UInt64](repeating: 0, count: count * degree)
        var output = result.mutableSpan
        let mask = UInt64.max >> UInt64(127 - bits)
        for i in 0..<count {
          let modulus = moduli[i]
          let word = Multiplier(modulus.power(2, 64), modulus)
          let middle = modulus.power(2, UInt64(bits))
          for j in 0..<degree {
            let upper = word.multiply(modulus.reduce(words[2 * j + 1] & mask), modulus)
            let sum = modulus.add(upper, modulus.reduce(words[2 * j]))
            output[i * degree + j] = modulus.subtract(sum, middle)
          }
        }
        return result
      }
    } catch {
      throw ComputationError(.notOffered)
    }
    forward(&result)
    return result
  }
}
