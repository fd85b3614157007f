/// Polynomials as bytes: every residue with as many bits as its prime has, the lowest first, without gaps.
enum Packing {
  static func bits(_ prime: UInt64) -> Int { 64 - prime.leadingZeroBitCount }

  /// How many bytes a polynomial modulo the first `count` primes takes.
  static func byteCount(_ ring: Ring, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 + ring.degree * bits(ring.moduli[$1].value) / 8 }
  }

  static func append(_ polynomial: [UInt64], _ ring: Ring, to output: inout [UInt8]) {
    let start = output.count
    let count = polynomial.count / ring.degree
    output.append(contentsOf: repeatElement(0, count: byteCount(ring, count)))
    let words = polynomial.span
    var bytes = output.mutableSpan
    var place = start
    for i in 0..<count {
      let width = UInt64(bits(ring.moduli[i].value))
      var waiting: UInt128 = 0
      var filled: UInt64 = 0
      for j in i * ring.degree..<(i + 1) * ring.degree {
        waiting |= UInt128(words[j]) << UInt128(filled)
        filled += width
        while filled >= 8 {
          bytes[place] = UInt8(truncatingIfNeeded: waiting)
          waiting >>= 8
          filled -= 8
          place += 1
        }
      }
    }
  }

  /// The polynomial modulo the first `count` primes in these bytes; nil when a residue is not below its prime.
  static func polynomial(_ bytes: Span<UInt8>, _ ring: Ring, _ count: Int) -> [UInt64]? {
    precondition(bytes.count == byteCount(ring, count), "the bytes of one polynomial")
    var result = [UInt64](repeating: 0, count: count * ring.degree)
    var output = result.mutableSpan
    var place = 0
    var isBelow = true
    for i in 0..<count {
      let prime = ring.moduli[i].value
      let width = UInt64(bits(prime))
      let mask = UInt128(UInt64.max >> (64 - width))
      var waiting: UInt128 = 0
      var filled: UInt64 = 0
      for j in i * ring.degree..<(i + 1) * ring.degree {
        while filled < width {
          waiting |= UInt128(bytes[place]) << UInt128(filled)
          filled += 8
          place += 1
        }
        let word = UInt64(truncatingIfNeeded: waiting & mask)
        waiting >>= UInt128(width)
        filled -= width
        isBelow = isBelow && word < prime
        output[j] = word
      }
    }
    return isBelow ? result : nil
  }
}

extension [UInt8] {
  /// Appends an integer, its lowest byte first.
  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    for shift in stride(from: 0, to: Value.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
}
