internal import Crypto
internal import CryptoExtras

/// Encrypts a text of numerals into another one of the same length: FF1 of NIST SP 800-38G, over AES.
///
/// Different texts have different ciphertexts under one key and tweak, and the holder of the key can decrypt. Equal
/// texts have equal ciphertexts: it is a pseudonym, not a secret message.
///
/// ## What it refuses
/// - Texts so short that fewer than one million have their length and radix: SP 800-38G Rev. 1, section 5.1.
/// - Texts whose longer half does not fit in 120 bits: 72 decimal digits, 46 of radix 36, 40 of radix 62.
package struct FF1: ~Copyable, Sendable {
  /// How many texts of one length there are at least.
  package static let smallestDomain = 1_000_000

  /// How many numerals there are: each is below it.
  package let radix: Int
  private let key: SecretBytes

  /// Encryption of texts in numerals below `radix`, under an AES key of 16, 24 or 32 bytes.
  ///
  /// - Precondition: `radix` is from 2 to 256.
  package init(key: consuming SecretBytes, radix: Int) throws(CipherError) {
    precondition((2...256).contains(radix), "a numeral is one byte")
    guard [16, 24, 32].contains(key.count) else { throw CipherError(code: .invalidKey) }
    self.key = key
    self.radix = radix
  }

  /// The ciphertext of `numerals`, which `tweak` varies and does not make secret.
  package func encrypt(_ numerals: [UInt8], tweak: [UInt8] = []) throws(CipherError) -> [UInt8] {
    let halves = try Halves(of: numerals, radix: radix)
    var (left, right) = halves.split(numerals)
    for round in 0..<10 {
      let modulus = round.isMultiple(of: 2) ? halves.leftModulus : halves.rightModulus
      let mask = try mask(of: right, round: round, halves, tweak, modulo: modulus)
      (left, right) = (right, (left + mask) % modulus)
    }
    return halves.join(left, right)
  }

  /// The numerals whose ciphertext under `tweak` is `ciphertext`.
  package func decrypt(_ ciphertext: [UInt8], tweak: [UInt8] = []) throws(CipherError) -> [UInt8] {
    let halves = try Halves(of: ciphertext, radix: radix)
    var (left, right) = halves.split(ciphertext)
    for round in (0..<10).reversed() {
      let modulus = round.isMultiple(of: 2) ? halves.leftModulus : halves.rightModulus
      let mask = try mask(of: left, round: round, halves, tweak, modulo: modulus)
      (left, right) = ((right + modulus - mask) % modulus, left)
    }
    return halves.join(left, right)
  }

  /// Steps 6.i to 6.iv of algorithm 7: the number that one round adds, modulo `modulus`.
  private func mask(
    of half: UInt128, round: Int, _ halves: borrowing Halves, _ tweak: [UInt8], modulo modulus: UInt128
  ) throws(CipherError) -> UInt128 {
    let byteCount = halves.byteCount
    var message = halves.parameters(radix: radix, tweakLength: tweak.count)
    message += tweak
    let padding = (16 - (tweak.count + byteCount + 1) % 16) % 16
    message.append(contentsOf: repeatElement(0, count: padding))
    message.append(UInt8(round))
    for place in (0..<byteCount).reversed() { message.append(UInt8(truncatingIfNeeded: half >> (8 * UInt128(place)))) }
    let last = try chained(message)
    var stream = last
    var counter: UInt8 = 1
    let wanted = 4 * ((byteCount + 3) / 4) + 4
    while stream.count < wanted {
      var block = last
      block[15] ^= counter
      stream += try permuted(block)
      counter += 1
    }
    // INVARIANT: `modulus` is at most 2^120, so that a remainder times 256 fits in 128 bits.
    return stream.prefix(wanted).reduce(0) { ($0 * 256 + UInt128($1)) % modulus }
  }

  /// The last block of `message` in cipher block chaining, its start all zero (algorithm 6).
  private func chained(_ message: [UInt8]) throws(CipherError) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 16)
    for start in stride(from: 0, to: message.count, by: 16) {
      for place in 0..<16 { block[place] ^= message[start + place] }
      block = try permuted(block)
    }
    return block
  }

  private func permuted(_ block: [UInt8]) throws(CipherError) -> [UInt8] {
    var block = block
    do {
      try AES.permute(&block, key: key.key)
    } catch {
      throw CipherError(code: .invalidKey)
    }
    return block
  }
}

/// How a text of numerals is cut in two, and what follows from its length.
private struct Halves {
  let leftCount: Int
  let rightCount: Int
  let leftModulus: UInt128
  let rightModulus: UInt128
  /// How many bytes the number of the longer half takes.
  let byteCount: Int
  private let radix: UInt128

  init(of numerals: [UInt8], radix: Int) throws(CipherError) {
    guard numerals.allSatisfy({ Int($0) < radix }) else { throw CipherError(code: .notANumeral) }
    leftCount = numerals.count / 2
    rightCount = numerals.count - leftCount
    self.radix = UInt128(radix)
    guard let left = Halves.power(radix, leftCount), let right = Halves.power(radix, rightCount) else {
      throw CipherError(code: .tooLong)
    }
    guard left.multipliedReportingOverflow(by: right).overflow || left * right >= FF1.smallestDomain else {
      throw CipherError(code: .domainTooSmall)
    }
    (leftModulus, rightModulus) = (left, right)
    byteCount = (128 - (right - 1).leadingZeroBitCount + 7) / 8
  }

  func split(_ numerals: [UInt8]) -> (UInt128, UInt128) {
    func number(_ part: ArraySlice<UInt8>) -> UInt128 { part.reduce(0) { $0 * radix + UInt128($1) } }
    return (number(numerals[..<leftCount]), number(numerals[leftCount...]))
  }

  func join(_ left: UInt128, _ right: UInt128) -> [UInt8] {
    func numerals(_ number: UInt128, _ count: Int) -> [UInt8] {
      var rest = number
      var numerals = [UInt8](repeating: 0, count: count)
      for place in (0..<count).reversed() {
        numerals[place] = UInt8(rest % radix)
        rest /= radix
      }
      return numerals
    }
    return numerals(left, leftCount) + numerals(right, rightCount)
  }

  /// The block P of algorithm 7.
  func parameters(radix: Int, tweakLength: Int) -> [UInt8] {
    func bytes(_ number: Int, _ count: Int) -> [UInt8] {
      (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    return [1, 2, 1] + bytes(radix, 3) + [10, UInt8(truncatingIfNeeded: leftCount)]
      + bytes(leftCount + rightCount, 4) + bytes(tweakLength, 4)
  }

  /// The power, if it is at most 2^120.
  private static func power(_ radix: Int, _ exponent: Int) -> UInt128? {
    var power: UInt128 = 1
    for _ in 0..<exponent {
      guard power <= (1 << 120) / UInt128(radix) else { return nil }
      power *= UInt128(radix)
    }
    return power
  }
}
