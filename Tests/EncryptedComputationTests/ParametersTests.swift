import EncryptedComputation
import Foundation
import Testing

struct ParametersTests {
  /// Bossuat and others, Security Guidelines for Implementing Homomorphic Encryption (2024): the largest
  /// log₂ q for ternary secrets and 128 bits against classical attacks.
  static let largest = [4096: 106.0, 8192: 214.0]

  @Test(arguments: Parameters.all)
  func `keeps within the table for 128 bits`(_ parameters: Parameters) throws {
    let bits = (parameters.primes + [parameters.special]).reduce(0) { $0 + log2(Double($1)) }
    #expect(bits <= (try #require(ParametersTests.largest[parameters.degree])))
  }

  @Test(arguments: Parameters.all)
  func `has primes that are 1 modulo 2N, no two the same`(_ parameters: Parameters) {
    let primes = parameters.primes + [parameters.special, parameters.plaintextModulus]
    #expect(Set(primes).count == primes.count)
    #expect(primes.allSatisfy { $0 % UInt64(2 * parameters.degree) == 1 && isPrime($0) })
    #expect(parameters.primes.allSatisfy { parameters.plaintextModulus < $0 && $0 < parameters.special })
  }

  @Test func `finds a set by name and by number`() {
    #expect(Parameters.all.allSatisfy { Parameters(name: $0.name) == $0 && Parameters(id: $0.id) == $0 })
    #expect(Parameters(name: "counts") == nil)
    #expect(Parameters(id: 0) == nil)
  }

  /// Miller and Rabin, with the bases that decide every number below 2^64.
  private func isPrime(_ number: UInt64) -> Bool {
    let modulus = Modulus(number)
    let shift = (number - 1).trailingZeroBitCount
    return [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37].allSatisfy { (base: UInt64) in
      var power = modulus.power(base, (number - 1) >> UInt64(shift))
      if power == 1 || power == number - 1 { return true }
      for _ in 1..<shift {
        power = modulus.multiply(power, power)
        if power == number - 1 { return true }
      }
      return false
    }
  }
}
