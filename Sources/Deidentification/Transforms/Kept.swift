internal import Bytes
package import PHI

/// Leaves an identifier where it is.
///
/// ## What it does
/// Nothing: `Boston` stays `Boston`.
///
/// ## What it leaves
/// Everything.
///
/// ## Why
/// 45 CFR 164.514(e)(2) does not list dates, ages, towns, states and ZIP codes; an expert may determine that more can
/// stay.
package struct Kept: Transform {
  /// A transform that changes nothing.
  package init() {}

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    output.append(copying: text, finding.range)
  }
}
