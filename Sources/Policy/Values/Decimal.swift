/// A number with up to four decimal places, kept as ten-thousandths.
package struct Decimal: Hashable, Comparable, Sendable {
  /// The number times ten thousand.
  package let tenThousandths: Int64

  /// The number that `text` writes as `-?digits.digits`; nil when it is none or does not fit.
  package init?(_ text: Text) {
    var digits = Array(text.string.utf8)
    let isNegative = digits.first == 0x2D
    if isNegative { digits.removeFirst() }
    guard let point = digits.firstIndex(of: 0x2E) else { return nil }
    let whole = digits[..<point]
    let fraction = digits[(point + 1)...]
    guard !whole.isEmpty, (1...4).contains(fraction.count) else { return nil }
    var value: Int64 = 0
    for digit in whole + fraction {
      guard let next = value.appending(digit, negatively: isNegative) else { return nil }
      value = next
    }
    for _ in fraction.count..<4 {
      guard let next = value.appending(0x30, negatively: isNegative) else { return nil }
      value = next
    }
    tenThousandths = value
  }

  /// Compares the numbers.
  package static func < (left: Decimal, right: Decimal) -> Bool { left.tenThousandths < right.tenThousandths }
}

extension Decimal: CustomStringConvertible {
  /// The number with its four places.
  package var description: String {
    let magnitude = tenThousandths.magnitude
    let fraction = String(magnitude % 10_000)
    let zeros = String(repeating: "0", count: 4 - fraction.count)
    return "\(tenThousandths < 0 ? "-" : "")\(magnitude / 10_000).\(zeros)\(fraction)"
  }
}

extension Int64 {
  /// The number with one more decimal digit; nil when `byte` is no digit or the number does not fit.
  func appending(_ byte: UInt8, negatively: Bool = false) -> Int64? {
    guard (0x30...0x39).contains(byte) else { return nil }
    let digit = Int64(byte - 0x30)
    let (product, productOverflows) = multipliedReportingOverflow(by: 10)
    let (result, overflows) =
      negatively ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
    return productOverflows || overflows ? nil : result
  }
}
