internal import Bytes
package import PHI

/// Covers an identifier with signs.
///
/// ## What it does
/// `219-09-9999` becomes `***********` (full), `********` (fixed length), `###-##-####` (format kept) or `*******9999`
/// (last four).
///
/// ## What it leaves
/// The length (full), nothing (fixed length), the shape (format kept), the last four letters or digits (last four).
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i): a part of an identifier is derived from it and is an identifier itself, so that a mask that
/// shows a part is not Safe Harbor.
package struct Mask: Transform {
  /// What a mask shows.
  package enum Style: String, CaseIterable, Sendable {
    /// A sign for each character.
    case full
    /// Always eight signs.
    case fixedLength = "fixed"
    /// A sign for each letter and digit, all else as it is.
    case formatKeeping = "format"
    /// The last four letters or digits, a sign for every other character.
    case lastFour = "last4"

    /// Whether something of the identifier itself is shown.
    package var showsPart: Bool { self == .lastFour }
  }

  /// What the mask shows.
  package let style: Style

  /// A mask of one style.
  package init(_ style: Style) { self.style = style }

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    switch style {
    case .fixedLength: output.append(contentsOf: repeatElement(Mask.star, count: 8))
    case .full, .formatKeeping, .lastFour: cover(text.extracting(finding.range), into: &output)
    }
  }

  private static let star: UInt8 = 0x2A

  private func cover(_ value: Span<UInt8>, into output: inout [UInt8]) {
    var left = 0
    for place in value.indices where isCounted(value[place]) { left += 1 }
    for place in value.indices where value[place] & 0xC0 != 0x80 {
      let byte = value[place]
      if style == .formatKeeping {
        output.append(sign(for: byte))
      } else if style == .lastFour, left <= 4, isCounted(byte) {
        output.append(byte)
      } else {
        output.append(Mask.star)
      }
      if isCounted(byte) { left -= 1 }
    }
  }

  private func isCounted(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) }

  private func sign(for byte: UInt8) -> UInt8 {
    if ASCII.isDigit(byte) { return 0x23 }
    if ASCII.isLowercase(byte) || byte >= 0x80 { return 0x78 }
    return ASCII.isUppercase(byte) ? 0x58 : byte
  }
}
