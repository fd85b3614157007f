import Bytes
import Ciphers
import TestKit
import Testing

/// The numerals that digits, small and capital letters stand for, in this order.
private func numerals(_ text: String) -> [UInt8] {
  text.utf8.map { byte in
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x7A: byte - 0x61 + 10
    default: byte - 0x41 + 36
    }
  }
}

private func cipher(_ key: String, radix: Int) throws -> FF1 {
  var bytes = try #require(Hex.decode(key))
  return try FF1(key: SecretBytes(taking: &bytes), radix: radix)
}

private let key128 = "2B7E151628AED2A6ABF7158809CF4F3C"
private let key192 = key128 + "EF4359D8D580AA4F"
private let key256 = key192 + "7F036D6F04FC6A94"

struct FF1Tests {
  struct Sample: Sendable, CustomTestStringConvertible {
    var number: Int
    var key: String
    var radix: Int
    var tweak: String
    var plaintext: String
    var ciphertext: String

    var testDescription: String { "sample \(number)" }
  }

  /// The nine samples that NIST publishes with SP 800-38G for FF1.
  static let samples = [
    Sample(number: 1, key: key128, radix: 10, tweak: "", plaintext: "0123456789", ciphertext: "2433477484"),
    Sample(
      number: 2, key: key128, radix: 10, tweak: "39383736353433323130", plaintext: "0123456789",
      ciphertext: "6124200773"),
    Sample(
      number: 3, key: key128, radix: 36, tweak: "3737373770717273373737", plaintext: "0123456789abcdefghi",
      ciphertext: "a9tv40mll9kdu509eum"),
    Sample(number: 4, key: key192, radix: 10, tweak: "", plaintext: "0123456789", ciphertext: "2830668132"),
    Sample(
      number: 5, key: key192, radix: 10, tweak: "39383736353433323130", plaintext: "0123456789",
      ciphertext: "2496655549"),
    Sample(
      number: 6, key: key192, radix: 36, tweak: "3737373770717273373737", plaintext: "0123456789abcdefghi",
      ciphertext: "xbj3kv35jrawxv32ysr"),
    Sample(number: 7, key: key256, radix: 10, tweak: "", plaintext: "0123456789", ciphertext: "6657667009"),
    Sample(
      number: 8, key: key256, radix: 10, tweak: "39383736353433323130", plaintext: "0123456789",
      ciphertext: "1001623463"),
    Sample(
      number: 9, key: key256, radix: 36, tweak: "3737373770717273373737", plaintext: "0123456789abcdefghi",
      ciphertext: "xs8a0azh2avyalyzuwd"),
  ]

  @Test(arguments: samples)
  func `encrypts and decrypts as NIST publishes`(_ sample: Sample) throws {
    let cipher = try cipher(sample.key, radix: sample.radix)
    let tweak = try #require(Hex.decode(sample.tweak))
    #expect(try cipher.encrypt(numerals(sample.plaintext), tweak: tweak) == numerals(sample.ciphertext))
    #expect(try cipher.decrypt(numerals(sample.ciphertext), tweak: tweak) == numerals(sample.plaintext))
  }

  @Test(arguments: [(10, 72), (26, 50), (36, 46), (62, 40), (256, 30)])
  func `decrypts what it encrypts, of every length it takes`(radix: Int, longest: Int) throws {
    let cipher = try cipher(key256, radix: radix)
    var random = SeededGenerator(seed: 38)
    let shortest = try #require((1...longest).first { pow(radix, $0) >= FF1.smallestDomain })
    for count in shortest...longest {
      let text = (0..<count).map { _ in UInt8.random(in: 0...UInt8(radix - 1), using: &random) }
      let tweak = [UInt8](randomCount: count % 21, using: &random)
      let sealed = try cipher.encrypt(text, tweak: tweak)
      #expect(sealed.count == count && sealed.allSatisfy { $0 < radix }, "seed 38, \(count) numerals")
      #expect(try cipher.decrypt(sealed, tweak: tweak) == text, "seed 38, \(count) numerals")
    }
    #expect(throws: CipherError(code: .domainTooSmall)) {
      try cipher.encrypt([UInt8](repeating: 0, count: shortest - 1))
    }
    #expect(throws: CipherError(code: .tooLong)) { try cipher.encrypt([UInt8](repeating: 0, count: longest + 1)) }
  }

  @Test func `gives different texts different ciphertexts`() throws {
    let cipher = try cipher(key128, radix: 10)
    var seen: Set<[UInt8]> = []
    for number in 0..<5_000 { seen.insert(try cipher.encrypt(numerals(String(1_000_000 + number)))) }
    #expect(seen.count == 5_000)
  }

  @Test func `refuses numerals beyond the radix and keys of other lengths`() throws {
    let cipher = try cipher(key128, radix: 10)
    #expect(throws: CipherError(code: .notANumeral)) { try cipher.encrypt([0, 1, 2, 3, 4, 10]) }
    #expect(throws: CipherError(code: .invalidKey)) {
      var bytes = [UInt8](repeating: 7, count: 31)
      _ = try FF1(key: SecretBytes(taking: &bytes), radix: 10)
    }
  }

  private func pow(_ radix: Int, _ exponent: Int) -> Int { (0..<exponent).reduce(1) { power, _ in power * radix } }
}
