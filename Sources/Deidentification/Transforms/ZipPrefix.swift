internal import Bytes
package import PHI

/// Cuts a ZIP code down to its first three digits.
///
/// ## What it does
/// `02139` and `02139-4307` become `021`; where 20,000 people or fewer live in the area of the three digits, or the
/// census knows no such area, they become `000`. A postal code of another form becomes `[ZIP]`.
///
/// ## What it leaves
/// Three digits that more than 20,000 people share.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(B)(1) and (2), by the table of the census that the profile names.
package struct ZipPrefix: Transform {
  private let rule: SafeHarborRule
  private let table: ZipPrefixTable

  /// Prefixes by `rule` and the population in `table`.
  package init(rule: SafeHarborRule, table: ZipPrefixTable) {
    self.rule = rule
    self.table = table
  }

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    guard let prefix = prefix(of: text.extracting(finding.range)) else {
      Placeholder.write(finding.identifier, into: &output)
      return
    }
    let isKept = table.population(ofPrefix: prefix) > rule.populationOfRestrictedPrefix
    let shown = isKept ? prefix : 0
    for divisor in [100, 10, 1] { output.append(UInt8(0x30 + shown / divisor % 10)) }
  }

  /// The first three digits of a code of five or nine digits.
  private func prefix(of code: Span<UInt8>) -> Int? {
    var digits = 0
    var value = 0
    for place in code.indices {
      if let digit = ASCII.digit(code[place]) {
        digits += 1
        if digits <= 3 { value = value * 10 + digit }
      } else if digits != 5 || (code[place] != 0x2D && code[place] != 0x20) {
        return nil
      }
    }
    return digits == 5 || digits == 9 ? value : nil
  }
}
