internal import Ciphers
package import PHI

/// Puts in the place of an identifier a code that is the same throughout one project, and tells nothing without its key.
///
/// ## What it does
/// `Maria Gonzalez` becomes `NAME_QWXKTBVDZRLMPHCJ` in every document of the project, and so do `GONZALEZ, MARIA` and a
/// `Ms. Gonzalez` whom her document links to her; `TV-0051` and `TV0051` share a code too. In another project all codes
/// are others.
///
/// ## What it leaves
/// Which values are equal. Two people with the same first and last name have one code; a person of whom one document
/// tells the last name only has another code there.
///
/// ## Why
/// 45 CFR 164.514(e)(2) and (b)(1): records link without names. The code is HMAC-SHA256 of the value, 69 bits of it, so
/// that two values share a code once in 2^69 pairs; being computed from the identifier it is not Safe Harbor (45 CFR
/// 164.514(c)(1)).
package struct LinkableToken: Transform {
  private let key: ProjectKey
  private let reference: CalendarDate

  /// Codes under the key of a project; two-digit years are read as of the day `reference`.
  package init(_ key: ProjectKey, asOf reference: CalendarDate) {
    self.key = key
    self.reference = reference
  }

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    write(Subject.bytes(of: finding, in: text, asOf: reference), finding.identifier, into: &output)
  }

  package func write(_ finding: Finding, of person: NamedPerson, in text: Span<UInt8>, into output: inout [UInt8]) {
    write(person.person.identity, finding.identifier, into: &output)
  }

  private func write(_ value: [UInt8], _ identifier: Identifier, into output: inout [UInt8]) {
    let number = key.code(of: value, as: identifier).bytes.prefix(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    output.append(contentsOf: identifier.label.utf8)
    output.append(0x5F)
    output.append(contentsOf: CodeLetters.letters(of: number))
  }
}
