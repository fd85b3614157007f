/// A length of time in milliseconds.
package struct Interval: Hashable, Comparable, Sendable {
  /// How many milliseconds it lasts.
  package let milliseconds: Int64

  /// A length of so many milliseconds.
  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// The length that `text` writes, such as `-1d2h3m4s5ms`; nil when it is none or does not fit.
  package init?(_ text: Text) {
    var rest = Array(text.string.utf8)[...]
    let isNegative = rest.first == 0x2D
    if isNegative { rest.removeFirst() }
    guard !rest.isEmpty else { return nil }
    var units = Interval.units[...]
    var total: Int64 = 0
    while !rest.isEmpty {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      rest = rest.dropFirst(digits.count)
      let name = Array(rest.prefix { !(0x30...0x39).contains($0) })
      rest = rest.dropFirst(name.count)
      guard !digits.isEmpty, let unit = units.firstIndex(where: { $0.name == name }) else { return nil }
      var count: Int64 = 0
      for digit in digits {
        guard let next = count.appending(digit, negatively: isNegative) else { return nil }
        count = next
      }
      let (product, productOverflows) = count.multipliedReportingOverflow(by: units[unit].milliseconds)
      let (sum, overflows) = total.addingReportingOverflow(product)
      guard !productOverflows, !overflows else { return nil }
      total = sum
      units = units[(unit + 1)...]
    }
    milliseconds = total
  }

  /// Compares the lengths.
  package static func < (left: Interval, right: Interval) -> Bool { left.milliseconds < right.milliseconds }

  // Larger units come first, and each at most once.
  private static let units: [(name: [UInt8], milliseconds: Int64)] = [
    (Array("d".utf8), 86_400_000), (Array("h".utf8), 3_600_000), (Array("m".utf8), 60_000), (Array("s".utf8), 1000),
    (Array("ms".utf8), 1),
  ]
}

extension Interval: CustomStringConvertible {
  /// The length in milliseconds, as Cedar writes it.
  package var description: String { "\(milliseconds)ms" }
}
