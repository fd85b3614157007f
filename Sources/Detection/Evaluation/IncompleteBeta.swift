/// The regularised incomplete beta function for whole parameters: the distribution function of the beta distribution.
///
/// The front factor is a product of whole numbers and powers, kept in range by its exponent; the rest is the continued
/// fraction of DLMF 8.17.22, evaluated by the modified method of Lentz.
struct IncompleteBeta {
  private let a: Int
  private let b: Int
  /// Γ(a+b) / (Γ(a) Γ(b)).
  private let reciprocal: Scaled

  /// - Precondition: both parameters are positive.
  init(_ a: Int, _ b: Int) {
    precondition(a > 0 && b > 0, "the parameters are positive")
    (self.a, self.b) = (a, b)
    // 1/B(a, b) = b · C(a+b−1, b), the shorter of the two products.
    let (few, many) = (min(a, b), max(a, b))
    var product = Scaled(Double(few))
    for index in 1...few { product.multiply(by: Double(many - 1 + index) / Double(index)) }
    reciprocal = product
  }

  /// The value at `x`, from 0 to 1.
  func regularized(at x: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    let (first, second) = (Double(a), Double(b))
    var front = reciprocal
    front.multiply(by: Scaled.power(x, a))
    front.multiply(by: Scaled.power(1 - x, b))
    // The fraction converges fast on its own side of the mean.
    return x < (first + 1) / (first + second + 2)
      ? front.value * IncompleteBeta.fraction(first, second, x) / first
      : 1 - front.value * IncompleteBeta.fraction(second, first, 1 - x) / second
  }

  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    func safe(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / safe(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1...100_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / safe(1 + even * d)
      c = safe(1 + even / c)
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / safe(1 + odd * d)
      c = safe(1 + odd / c)
      let change = d * c
      result *= change
      if abs(change - 1) < 1e-16 { break }
    }
    return result
  }
}

/// A positive number with an exponent of its own, so that long products neither overflow nor vanish.
struct Scaled {
  private var significand: Double
  private var exponent: Int

  init(_ value: Double) {
    significand = value.significand
    exponent = Int(value.exponent)
  }

  mutating func multiply(by factor: Double) { multiply(by: Scaled(factor)) }

  mutating func multiply(by other: Scaled) {
    let product = significand * other.significand
    significand = product.significand
    exponent += other.exponent + Int(product.exponent)
  }

  /// The number itself; 0 when it is too small for a `Double`.
  var value: Double { exponent < -1_100 ? 0 : Double(sign: .plus, exponent: exponent, significand: significand) }

  /// `base` to the power of `exponent`, by squaring.
  static func power(_ base: Double, _ exponent: Int) -> Scaled {
    var (result, square, rest) = (Scaled(1), Scaled(base), exponent)
    while rest > 0 {
      if rest & 1 == 1 { result.multiply(by: square) }
      square.multiply(by: square)
      rest >>= 1
    }
    return result
  }
}
