internal import Bytes
package import PHI

/// Encrypts a number into another one of the same form, for places where a format is forced.
///
/// ## What it does
/// `219-09-9999` becomes `640-73-1185`: the digits are encrypted by FF1 under the key of the project, separators and
/// letters stay where they are. A value with fewer than six digits is encrypted in digits and letters together, when it
/// has at least four of them; a shorter one becomes its placeholder.
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
    let value = text.extracting(finding.range)
    var digits = 0
    for place in value.indices where ASCII.isDigit(value[place]) { digits += 1 }
    let radix = digits >= 6 ? 10 : 36
    var numerals: [UInt8] = []
    for place in value.indices {
      if let numeral = numeral(value[place], radix: radix) { numerals.append(numeral) }
    }
    guard let sealed = cipher(numerals, radix) else {
      Placeholder.write(finding.identifier, into: &output)
      return
    }
    var next = 0
    for place in value.indices {
      if numeral(value[place], radix: radix) != nil {
        output.append(character(sealed[next]))
        next += 1
      } else {
        output.append(value[place])
      }
    }
  }

  /// The numeral that a character is; letters count in capitals, as record numbers are read.
  private func numeral(_ byte: UInt8, radix: Int) -> UInt8? {
    if ASCII.isDigit(byte) { return byte - 0x30 }
    return radix == 36 && ASCII.isLetter(byte) ? ASCII.uppercased(byte) - 0x41 + 10 : nil
  }

  private func character(_ numeral: UInt8) -> UInt8 { numeral < 10 ? 0x30 + numeral : 0x41 + numeral - 10 }
}
