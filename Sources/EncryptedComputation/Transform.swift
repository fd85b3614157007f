/// The negacyclic number-theoretic transform modulo one prime: from coefficients of a polynomial modulo X^N + 1 to its
/// values at the odd powers of a 2N-th root of unity, and back.
///
/// Value `i` is the one at ψ^(2·rev(i) + 1), where rev reverses the bits. Butterflies are lazily reduced (Harvey,
/// *Faster arithmetic for number-theoretic transforms*, 2014) over roots in bit-reversed order (Longa and Naehrig, 2016).
package struct Transform: Sendable {
  let modulus: Modulus
  let degree: Int
  private let roots: [Multiplier]
  private let inverseRoots: [Multiplier]
  private let inverseDegree: Multiplier

  package init(_ modulus: Modulus, degree: Int) {
    self.modulus = modulus
    self.degree = degree
    let psi = Transform.root(of: modulus, order: UInt64(2 * degree))
    let inverse = modulus.inverse(psi)
    roots = Transform.powers(psi, modulus, degree)
    inverseRoots = Transform.powers(inverse, modulus, degree)
    inverseDegree = Multiplier(modulus.inverse(UInt64(degree)), modulus)
  }

  /// From coefficients to values, in place.
  ///
  /// Two layers are taken at once, so that each word is loaded and stored half as often.
  package func forward(_ values: inout [UInt64], at start: Int = 0) {
    let p = modulus.value
    let twice = 2 &* p
    unsafe values.withUnsafeMutableBufferPointer { all in
      let base = unsafe UnsafeMutableBufferPointer(rebasing: all[start..<start + degree])
      guard let a = base.baseAddress else { return }
      unsafe roots.withUnsafeBufferPointer { roots in
        var groups = 1
        if !degree.trailingZeroBitCount.isMultiple(of: 2) {
          let root = unsafe roots[1]
          for j in 0..<degree / 2 { unsafe Transform.forward(a + j, a + (j &+ degree / 2), root, p, twice) }
          groups = 2
        }
        while groups < degree {
          let gap = degree / (4 &* groups)
          for group in 0..<groups {
            let outer = unsafe roots[groups &+ group]
            let left = unsafe roots[2 &* (groups &+ group)]
            let right = unsafe roots[2 &* (groups &+ group) &+ 1]
            let first = unsafe a + 4 &* group &* gap
            for j in 0..<gap {
              let x = unsafe first + j
              unsafe Transform.forward(x, x + 2 &* gap, outer, p, twice)
              unsafe Transform.forward(x + gap, x + 3 &* gap, outer, p, twice)
              unsafe Transform.forward(x, x + gap, left, p, twice)
              unsafe Transform.forward(x + 2 &* gap, x + 3 &* gap, right, p, twice)
            }
          }
          groups *= 4
        }
        for j in 0..<degree {
          let x = unsafe min(a[j], a[j] &- twice)
          unsafe a[j] = min(x, x &- p)
        }
      }
    }
  }

  /// From values to coefficients, in place.
  package func backward(_ values: inout [UInt64], at start: Int = 0) {
    let p = modulus.value
    let twice = 2 &* p
    unsafe values.withUnsafeMutableBufferPointer { all in
      let base = unsafe UnsafeMutableBufferPointer(rebasing: all[start..<start + degree])
      guard let a = base.baseAddress else { return }
      unsafe inverseRoots.withUnsafeBufferPointer { roots in
        var gap = 1
        while gap < degree / 2 {
          let groups = degree / (4 &* gap)
          for group in 0..<groups {
            let outer = unsafe roots[groups &+ group]
            let left = unsafe roots[2 &* (groups &+ group)]
            let right = unsafe roots[2 &* (groups &+ group) &+ 1]
            let first = unsafe a + 4 &* group &* gap
            for j in 0..<gap {
              let x = unsafe first + j
              unsafe Transform.backward(x, x + gap, left, p, twice)
              unsafe Transform.backward(x + 2 &* gap, x + 3 &* gap, right, p, twice)
              unsafe Transform.backward(x, x + 2 &* gap, outer, p, twice)
              unsafe Transform.backward(x + gap, x + 3 &* gap, outer, p, twice)
            }
          }
          gap *= 4
        }
        if gap < degree {
          let root = unsafe roots[1]
          for j in 0..<gap { unsafe Transform.backward(a + j, a + (j &+ gap), root, p, twice) }
        }
        for j in 0..<degree { unsafe a[j] = inverseDegree.multiply(a[j], modulus) }
      }
    }
  }

  /// Two words below 4p become x + w·y and x − w·y, again below 4p.
  @inline(__always) private static func forward(
    _ first: UnsafeMutablePointer<UInt64>, _ second: UnsafeMutablePointer<UInt64>, _ root: Multiplier, _ p: UInt64,
    _ twice: UInt64
  ) {
    let x = unsafe min(first.pointee, first.pointee &- twice)
    let y = unsafe root.lazily(second.pointee, p)
    unsafe first.pointee = x &+ y
    unsafe second.pointee = x &- y &+ twice
  }

  /// Two words below 2p become x + y and w·(x − y), again below 2p.
  @inline(__always) private static func backward(
    _ first: UnsafeMutablePointer<UInt64>, _ second: UnsafeMutablePointer<UInt64>, _ root: Multiplier, _ p: UInt64,
    _ twice: UInt64
  ) {
    let x = unsafe first.pointee
    let y = unsafe second.pointee
    let sum = x &+ y
    unsafe first.pointee = min(sum, sum &- twice)
    unsafe second.pointee = root.lazily(x &- y &+ twice, p)
  }

  /// ψ^rev(i) for each i.
  private static func powers(_ psi: UInt64, _ modulus: Modulus, _ degree: Int) -> [Multiplier] {
    var result = [Multiplier](repeating: Multiplier(1, modulus), count: degree)
    var power: UInt64 = 1
    for exponent in 0..<degree {
      result[reversed(exponent, below: degree)] = Multiplier(power, modulus)
      power = modulus.multiply(power, psi)
    }
    return result
  }

  /// The number whose bits, as many as those of the largest below `count`, are in the opposite order.
  static func reversed(_ index: Int, below count: Int) -> Int {
    let word = UInt64(index)
    var result: UInt64 = 0
    for bit in 0..<count.trailingZeroBitCount { result = result << 1 | word >> UInt64(bit) & 1 }
    return Int(result)
  }

  /// The root of unity of this order that the smallest base gives.
  private static func root(of modulus: Modulus, order: UInt64) -> UInt64 {
    precondition((modulus.value - 1) % order == 0, "the modulus is 1 modulo the order of the root")
    var base: UInt64 = 2
    while true {
      let candidate = modulus.power(base, (modulus.value - 1) / order)
      // Its order divides a power of two, and is that power unless half of it gives 1.
      if modulus.power(candidate, order / 2) == modulus.value - 1 { return candidate }
      base += 1
    }
  }
}
