/// Which numbers a column may hold, and how many decimals they have: `0..120`, `-5..5`, `0.00..999.99`.
///
/// Numbers are integers of the last decimal's unit from here on.
package struct Bounds: Hashable, Sendable {
  /// How many decimals each number has.
  package let decimals: Int
  /// The smallest and the largest, in units of the last decimal.
  package let range: ClosedRange<Int64>

  /// The most decimals a number may have.
  package static let mostDecimals = 12

  /// Bounds of numbers with so many decimals.
  ///
  /// - Precondition: there are at most `mostDecimals`.
  package init(_ range: ClosedRange<Int64>, decimals: Int = 0) {
    precondition((0...Bounds.mostDecimals).contains(decimals), "numbers have at most 12 decimals")
    self.range = range
    self.decimals = decimals
  }

  /// Bounds as people write them; the longer fraction says how many decimals there are.
  package init(parsing text: some StringProtocol) throws(ComputationError) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let gap = parts.indices.dropFirst().dropLast().first(where: { parts[$0].isEmpty }) else {
      throw ComputationError(.notANumber)
    }
    let lower = parts[..<gap].joined(separator: ".")
    let upper = parts[(gap + 1)...].joined(separator: ".")
    let decimals = max(Decimals.count(in: lower), Decimals.count(in: upper))
    guard decimals <= Bounds.mostDecimals else { throw ComputationError(.notANumber) }
    let smallest = try Decimals.units(of: lower, decimals: decimals)
    let largest = try Decimals.units(of: upper, decimals: decimals)
    guard smallest <= largest else { throw ComputationError(.notANumber) }
    self.init(smallest...largest, decimals: decimals)
  }

  /// As people write them.
  package var description: String {
    "\(Decimals.text(range.lowerBound, decimals: decimals))..\(Decimals.text(range.upperBound, decimals: decimals))"
  }
}

/// Decimal numbers as integers of their last decimal's unit.
package enum Decimals {
  /// How many digits stand after the point.
  package static func count(in text: some StringProtocol) -> Int {
    text.utf8.firstIndex(of: UInt8(ascii: ".")).map { text.utf8.distance(from: $0, to: text.utf8.endIndex) - 1 } ?? 0
  }

  /// The number that `text` writes, in units of its decimal number `decimals`.
  ///
  /// - Throws: `notANumber` for anything but an optional sign, digits and at most one point with at most as many digits
  ///   after it, and for numbers of more than 18 digits.
  package static func units(of text: some StringProtocol, decimals: Int) throws(ComputationError) -> Int64 {
    var digits = Array(text.utf8)
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    let fraction = count(in: text)
    if let point = digits.firstIndex(of: UInt8(ascii: ".")) {
      guard point > 0, point + 1 < digits.count else { throw ComputationError(.notANumber) }
      digits.remove(at: point)
    }
    guard !digits.isEmpty, fraction <= decimals, digits.count + decimals - fraction <= 18,
      digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
    else { throw ComputationError(.notANumber) }
    let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 & 15) } * power(decimals - fraction)
    return isNegative ? -value : value
  }

  /// The number as people write it.
  package static func text(_ units: Int64, decimals: Int) -> String {
    guard decimals > 0 else { return String(units) }
    let digits = String(units.magnitude)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return "\(units < 0 ? "-" : "")\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
  }

  /// Ten to this power.
  ///
  /// - Precondition: it is at most 18.
  package static func power(_ exponent: Int) -> Int64 { (0..<exponent).reduce(1) { power, _ in power * 10 } }
}
