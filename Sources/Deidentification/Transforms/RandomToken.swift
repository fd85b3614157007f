package import PHI

/// Puts in the place of an identifier a code that was drawn at random.
///
/// ## What it does
/// `Maria Gonzalez` becomes `NAME_QWXKTBVDZRLMPHCJ` wherever the documents of one run mention her; in another run she
/// becomes something else. The code is drawn, not computed: no key and no guess leads from it to the value.
///
/// ## What it leaves
/// Which values of one run are equal.
///
/// ## Why
/// 45 CFR 164.514(c)(1): a code may stand for a record if it is not derived from information about the individual and
/// cannot be translated back. It is the only kind of code that Safe Harbor allows.
package struct RandomToken: Transform {
  private let codebook: Codebook
  private let reference: CalendarDate

  /// Codes of `codebook`; two-digit years are read as of the day `reference`.
  package init(_ codebook: Codebook, asOf reference: CalendarDate) {
    self.codebook = codebook
    self.reference = reference
  }

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    write(Subject.bytes(of: finding, in: text, asOf: reference), finding.identifier, into: &output)
  }

  package func write(_ finding: Finding, of person: NamedPerson, in text: Span<UInt8>, into output: inout [UInt8]) {
    write(person.person.identity, finding.identifier, into: &output)
  }

  private func write(_ value: [UInt8], _ identifier: Identifier, into output: inout [UInt8]) {
    output.append(contentsOf: identifier.label.utf8)
    output.append(0x5F)
    output.append(contentsOf: codebook.code(of: value, as: identifier))
  }
}
