internal import Bytes
package import PHI

/// Puts all ages over 89 in one category.
///
/// ## What it does
/// `93`, `107` and `ninety-six` become `90+`.
///
/// ## What it leaves
/// An age of 89 or less, as it is written.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(C) lets ages over 89 be aggregated into a single category of age 90 or older.
package struct AgeCategory: Transform {
  private let rule: SafeHarborRule

  /// The category by `rule`.
  package init(rule: SafeHarborRule) { self.rule = rule }

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    let age = text.extracting(finding.range)
    if let years = wholeNumber(age), years <= rule.greatestAge {
      output.append(copying: age)
    } else {
      output.append(contentsOf: rule.openAge)
    }
  }

  private func wholeNumber(_ text: Span<UInt8>) -> Int? {
    guard (1...3).contains(text.count) else { return nil }
    var value = 0
    for place in text.indices {
      guard let digit = ASCII.digit(text[place]) else { return nil }
      value = value * 10 + digit
    }
    return value
  }
}
