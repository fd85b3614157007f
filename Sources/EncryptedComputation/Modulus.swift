/// Arithmetic modulo a prime of at most 61 bits, without branches on what is computed with.
package struct Modulus: Hashable, Sendable {
  let value: UInt64
  private let bits: UInt64
  /// ⌊2^(2·bits) / value⌋, for Barrett's reduction of a product.
  private let productRatio: UInt64
  /// ⌊2^64 / value⌋, for Barrett's reduction of a word.
  private let wordRatio: UInt64

  package init(_ value: UInt64) {
    precondition(value > 2 && value < 1 << 61, "a modulus has at most 61 bits")
    self.value = value
    bits = UInt64(64 - value.leadingZeroBitCount)
    productRatio = UInt64(truncatingIfNeeded: (UInt128(1) << UInt128(2 * bits)) / UInt128(value))
    wordRatio = UInt64.max / value
  }

  /// `x`, which is below twice the modulus, modulo it.
  @inline(__always) func once(_ x: UInt64) -> UInt64 { min(x, x &- value) }

  @inline(__always) func add(_ a: UInt64, _ b: UInt64) -> UInt64 { once(a &+ b) }

  @inline(__always) func subtract(_ a: UInt64, _ b: UInt64) -> UInt64 { once(a &+ value &- b) }

  @inline(__always) func negate(_ a: UInt64) -> UInt64 { once(value &- a) }

  /// Any word modulo the modulus.
  @inline(__always) package func reduce(_ x: UInt64) -> UInt64 {
    let quotient = x.multipliedFullWidth(by: wordRatio).high
    return once(once(x &- quotient &* value))
  }

  /// A number below four times the modulus' square, modulo it.
  ///
  /// Barrett, CRYPTO 1986: the quotient is at most 7 too small, as the two truncations lose less than 1 and 2^2 and the
  /// floor 1.
  @inline(__always) package func reduce(_ x: UInt128) -> UInt64 {
    let top = UInt64(truncatingIfNeeded: x >> UInt128(bits - 1))
    let (high, low) = top.multipliedFullWidth(by: productRatio)
    let quotient = (high << (63 - bits)) | (low >> (bits + 1))
    var rest = UInt64(truncatingIfNeeded: x) &- quotient &* value
    rest = min(rest, rest &- 4 &* value)
    rest = min(rest, rest &- 2 &* value)
    return once(rest)
  }

  @inline(__always) package func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (high, low) = a.multipliedFullWidth(by: b)
    return reduce(UInt128(high) << 64 | UInt128(low))
  }

  package func power(_ base: UInt64, _ exponent: UInt64) -> UInt64 {
    var result: UInt64 = 1
    var square = base
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result = multiply(result, square) }
      square = multiply(square, square)
      rest >>= 1
    }
    return result
  }

  /// The inverse of a number that is not zero.
  func inverse(_ a: UInt64) -> UInt64 { power(a, value - 2) }

  /// The residue of a signed number.
  @inline(__always) package func residue(_ x: Int64) -> UInt64 {
    let negative = UInt64(bitPattern: x >> 63)
    let magnitude = reduce((UInt64(bitPattern: x) ^ negative) &- negative)
    return once((magnitude ^ negative) &- negative &+ (value & negative))
  }

  /// The number of least magnitude with this residue.
  @inline(__always) package func centred(_ x: UInt64) -> Int64 {
    let isUpper = UInt64(bitPattern: Int64(bitPattern: value / 2 &- x) >> 63)
    return Int64(bitPattern: x &- (value & isUpper))
  }
}

/// A number that many others are multiplied by, with the quotient that saves the division (Shoup, NTL).
struct Multiplier: Hashable, Sendable {
  let value: UInt64
  /// ⌊value · 2^64 / modulus⌋.
  let quotient: UInt64

  init(_ value: UInt64, _ modulus: Modulus) {
    self.value = value
    quotient = UInt64(truncatingIfNeeded: (UInt128(value) << 64) / UInt128(modulus.value))
  }

  /// The product modulo `p`, or that and `p`, for any word `x`.
  @inline(__always) func lazily(_ x: UInt64, _ p: UInt64) -> UInt64 {
    value &* x &- x.multipliedFullWidth(by: quotient).high &* p
  }

  @inline(__always) func multiply(_ x: UInt64, _ modulus: Modulus) -> UInt64 {
    modulus.once(lazily(x, modulus.value))
  }

  func multiply(_ words: inout [UInt64], at places: Range<Int>, _ modulus: Modulus) {
    var words = words.mutableSpan
    for place in places { words[place] = multiply(words[place], modulus) }
  }
}
