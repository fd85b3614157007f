internal import Bytes
package import PHI

/// Encrypts a number into another one of the same form, for places where a format is forced.
///
/// ## What it does
/// `219-09-9999` becomes `640-73-1185`: the digits are encrypted by FF1 under the key of the project, separators and
/// letters before the first digit stay where they are. A value with fewer than six digits, or with letters after one, is
/// encrypted in digits and letters together, when it has at least four of them; a shorter one becomes its
/// placeholder. Digits of other scripts and full-width letters become plain ones first; a value with any other letter
/// outside ASCII becomes its placeholder.
///
/// ## What it leaves
/// The length, the separators, and whether two values are equal. Who holds the key can decrypt.
///
/// ## Why
/// NIST SP 800-38G, Rev. 1: fewer than a million possible texts could be tried one by one. The code is computed from
/// the identifier, which 45 CFR 164.514(c)(1) does not allow for Safe Harbor.
package struct FormatPreserving: Transform {
  private let key: ProjectKey

  /// Encryption under the key of a project.
  package init(_ key: ProjectKey) { self.key = key }

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    write(finding, in: text, into: &output) { [key] numerals, radix in
      try? key.encrypted(numerals, radix: radix, as: finding.identifier)
    }
  }

  /// Appends what `finding` in `text`, an encrypted value, stands for.
  package func restore(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    write(finding, in: text, into: &output) { [key] numerals, radix in
      try? key.decrypted(numerals, radix: radix, as: finding.identifier)
    }
  }

  private func write(
    _ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8], by cipher: ([UInt8], Int) -> [UInt8]?
  ) {
    guard var value = PlainNumber.bytes(of: text.extracting(finding.range)) else {
      Placeholder.write(finding.identifier, into: &output)
      return
    }
    let radix = isDecimal(value) ? 10 : 36
    // A text in digits and letters may become one of which the digits alone would be read: it is encrypted again until it
    // does not (cycle walking, Black and Rogaway 2002), which undoes itself in the same way and ends at the latest where
    // it began.
    repeat {
      guard let sealed = cipher(value.compactMap { numeral($0, radix: radix) }, radix) else {
        Placeholder.write(finding.identifier, into: &output)
        return
      }
      var rest = sealed[...]
      for place in value.indices where numeral(value[place], radix: radix) != nil {
        if let numeral = rest.popFirst() { value[place] = character(numeral) }
      }
    } while radix == 36 && isDecimal(value)
    output.append(contentsOf: value)
  }

  /// Whether the digits alone are encrypted: there are enough of them, and letters stand before them only, as in
  /// `MRN 1234567`, where they name a series and nobody.
  private func isDecimal(_ value: [UInt8]) -> Bool {
    var digits = 0
    for byte in value {
      if ASCII.isDigit(byte) { digits += 1 } else if ASCII.isLetter(byte), digits > 0 { return false }
    }
    return digits >= 6
  }

  /// The numeral that a character is; letters count in capitals, as record numbers are read.
  private func numeral(_ byte: UInt8, radix: Int) -> UInt8? {
    if ASCII.isDigit(byte) { return byte - 0x30 }
    return radix == 36 && ASCII.isLetter(byte) ? ASCII.uppercased(byte) - 0x41 + 10 : nil
  }

  private func character(_ numeral: UInt8) -> UInt8 { numeral < 10 ? 0x30 + numeral : 0x41 + numeral - 10 }
}
