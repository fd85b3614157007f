/// How figures of an evaluation are written.
enum Figures {
  /// A share that is not negative, in percent with one decimal.
  static func percent(_ share: Double) -> String { tenths(share * 100) }

  /// A number that is not negative, with one decimal.
  static func tenths(_ value: Double) -> String { fixed(value, decimals: 1) }

  /// A number that is not negative, with five decimals, for JSON.
  static func decimal(_ value: Double) -> String { fixed(value, decimals: 5) }

  /// A number that is not negative, with so many decimals.
  static func fixed(_ value: Double, decimals: Int) -> String {
    let unit = (0..<decimals).reduce(1) { product, _ in product * 10 }
    let scaled = Int((value * Double(unit)).rounded())
    let fraction = String(scaled % unit)
    return "\(scaled / unit).\(String(repeating: "0", count: decimals - fraction.utf8.count))\(fraction)"
  }
}
