/// Numbers modulo the prime 2^61 − 1.
enum Residue {
  static let modulus: UInt64 = 1 << 61 - 1

  static func reduced(_ number: UInt64) -> UInt64 {
    let folded = (number & modulus) + number >> 61
    return folded >= modulus ? folded - modulus : folded
  }

  static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 { reduced(left + right) }

  static func difference(_ left: UInt64, _ right: UInt64) -> UInt64 { reduced(left + modulus - right) }

  static func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (high, low) = left.multipliedFullWidth(by: right)
    return sum(low & modulus, high << 3 | low >> 61)
  }

  static func power(_ base: UInt64, _ exponent: UInt64) -> UInt64 {
    var (result, square, rest): (UInt64, UInt64, UInt64) = (1, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = product(result, square) }
      square = product(square, square)
      rest >>= 1
    }
    return result
  }
}
