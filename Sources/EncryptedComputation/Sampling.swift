import Ciphers

/// Random polynomials, from the words of a keystream.
enum Sampling {
  /// The largest magnitude of a coefficient of an error.
  static let largestError = 21

  /// A coefficient of centred binomial distribution: the difference of the number of ones in twice 21 bits.
  @inline(__always) static func error(_ word: UInt64) -> Int64 {
    let ones = (word & 0x1F_FFFF).nonzeroBitCount
    let others = (word >> 21 & 0x1F_FFFF).nonzeroBitCount
    return Int64(ones &- others)
  }

  /// A coefficient that is −1, 0 or 1, each with probability 1/3 up to 2^-63.
  @inline(__always) static func ternary(_ word: UInt64) -> Int64 {
    Int64(bitPattern: word.multipliedFullWidth(by: 3).high) &- 1
  }

  /// The uniform polynomial, as values modulo the first `count` primes, that a public seed of 32 bytes stands for.
  ///
  /// A word is cut to the prime's length and taken when it is below it, in order; the primes take their values in turn.
  static func uniform(_ seed: Seed, _ ring: Ring, _ count: Int) throws(ComputationError) -> [UInt64] {
    // The primes of this project are so close below a power of two that a word in 2^16 is not taken; should the stream
    // ever end too early, the seed is refused.
    let needed = count * ring.degree
    var bytes = seed.bytes
    let key = SecretBytes(taking: &bytes)
    do throws(CipherError) {
      let result = try Keystream.withWords(needed + needed / 64 + 64, of: key) { words -> [UInt64]? in
        var next = 0
        var result = [UInt64](repeating: 0, count: needed)
        var output = result.mutableSpan
        for i in 0..<count {
          let prime = ring.moduli[i].value
          let mask = UInt64.max >> UInt64(prime.leadingZeroBitCount)
          var j = i * ring.degree
          while j < (i + 1) * ring.degree {
            guard next < words.count else { return nil }
            let word = words[next] & mask
            next += 1
            output[j] = word
            j += word < prime ? 1 : 0
          }
        }
        return result
      }
      if let result { return result }
    } catch {}
    throw ComputationError(.malformed)
  }

  /// Small coefficients as a polynomial modulo the first `count` primes, before its transformation.
  static func residues(
    _ words: Span<UInt64>, _ ring: Ring, _ count: Int, _ coefficient: (UInt64) -> Int64
  ) -> [UInt64] {
    var result = [UInt64](repeating: 0, count: count * ring.degree)
    var output = result.mutableSpan
    for j in 0..<ring.degree {
      let small = coefficient(words[j])
      let negative = UInt64(bitPattern: small >> 63)
      for i in 0..<count {
        output[i * ring.degree + j] = UInt64(bitPattern: small) &+ (ring.moduli[i].value & negative)
      }
    }
    return result
  }
}

/// Thirty-two public bytes that stand for a uniform polynomial.
struct Seed: Hashable, Sendable {
  static let byteCount = 32
  let bytes: [UInt8]

  init(using generator: inout some RandomNumberGenerator) {
    bytes = [UInt8](randomCount: Seed.byteCount, using: &generator)
  }

  init(_ bytes: [UInt8]) {
    precondition(bytes.count == Seed.byteCount, "a seed has 32 bytes")
    self.bytes = bytes
  }
}
