package import PHI

/// Puts the kind of an identifier in its place.
///
/// ## What it does
/// `Maria Gonzalez` becomes `[NAME]`, `St. Brannoc's` becomes `[FACILITY]`.
///
/// ## What it leaves
/// Nothing of the identifier, not even its length.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i) asks that the identifiers be removed; the kind is none of the eighteen.
package struct Placeholder: Transform {
  /// A placeholder.
  package init() {}

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    Placeholder.write(finding.identifier, into: &output)
  }

  static func write(_ identifier: Identifier, into output: inout [UInt8]) {
    output.append(0x5B)
    output.append(contentsOf: identifier.label.utf8)
    output.append(0x5D)
  }
}
