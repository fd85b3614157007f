import EncryptedComputation
import TestKit
import Testing

struct RingTests {
  @Test(
    arguments: [3, 65_537, 34_359_697_409, 9_007_199_254_429_697, 36_028_797_018_652_673, (1 << 61) - 1] as [UInt64])
  func `reduces words and products as division does`(_ prime: UInt64) {
    var random = SeededGenerator(seed: prime)
    let modulus = Modulus(prime)
    for round in 0..<2000 {
      let word = round == 0 ? UInt64.max : random.next()
      let (a, b) = round == 1 ? (prime - 1, prime - 1) : (random.next() % prime, random.next() % prime)
      let product = UInt128(a) * UInt128(b)
      let signed = Int64(bitPattern: random.next() >> UInt64(round % 64))
      #expect(modulus.reduce(word) == word % prime)
      #expect(modulus.multiply(a, b) == UInt64(product % UInt128(prime)))
      #expect(modulus.reduce(3 * product) == UInt64(3 * product % UInt128(prime)))
      #expect(Int128(modulus.residue(signed)) == (Int128(signed) % Int128(prime) + Int128(prime)) % Int128(prime))
      #expect(modulus.residue(modulus.centred(a)) == a)
      #expect(modulus.centred(a).magnitude <= prime / 2)
    }
  }

  @Test(arguments: [8, 16, 64, 128])
  func `multiplies polynomials modulo X^N + 1 as the schoolbook does`(_ degree: Int) {
    let prime: UInt64 = 9_007_199_254_429_697
    let modulus = Modulus(prime)
    let transform = Transform(modulus, degree: degree)
    var random = SeededGenerator(seed: UInt64(degree))
    let left = (0..<degree).map { _ in random.next() % prime }
    let right = (0..<degree).map { _ in random.next() % prime }
    var expected = [UInt64](repeating: 0, count: degree)
    for i in 0..<degree {
      for j in 0..<degree {
        let product = modulus.multiply(left[i], right[j])
        let place = (i + j) % degree
        expected[place] =
          i + j < degree
          ? modulus.reduce(expected[place] + product) : modulus.reduce(expected[place] + prime - product)
      }
    }
    var (first, second) = (left, right)
    transform.forward(&first)
    transform.forward(&second)
    var product = zip(first, second).map { modulus.multiply($0, $1) }
    transform.backward(&product)
    #expect(product == expected)
    transform.backward(&first)
    #expect(first == left)
  }
}
