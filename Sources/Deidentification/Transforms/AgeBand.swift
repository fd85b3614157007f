internal import Bytes
package import PHI

/// Widens an age to a band of years.
///
/// ## What it does
/// With bands of five years `42` and `forty-two` become `40-44`; every age over 89 becomes `90+`, whatever the band. An
/// age in months, weeks or days becomes the first band. An age that cannot be read becomes `[AGE]`.
///
/// ## What it leaves
/// The band.
///
/// ## Why
/// 45 CFR 164.514(b)(1): ages are quasi-identifiers; (b)(2)(i)(C) puts those over 89 in one category.
package struct AgeBand: Transform {
  private let rule: SafeHarborRule
  private let width: Int

  /// Bands of `width` years, counted from 0, the oldest one by `rule`.
  ///
  /// - Precondition: `width` is at least 2.
  package init(width: Int, rule: SafeHarborRule) {
    precondition(width >= 2, "a band has at least two years")
    self.width = width
    self.rule = rule
  }

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    guard let age = WrittenAge.years(in: text, at: finding.range) else {
      Placeholder.write(finding.identifier, into: &output)
      return
    }
    let first = age / width * width
    if age > rule.greatestAge {
      output.append(contentsOf: rule.openAge)
    } else {
      output.append(contentsOf: "\(first)-\(min(first + width - 1, rule.greatestAge))".utf8)
    }
  }
}
