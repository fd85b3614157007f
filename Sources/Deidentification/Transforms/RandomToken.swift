internal import Bytes
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
  let codebook: Codebook
  private let reference: CalendarDate

  /// Codes of `codebook`; two-digit years are read as of the day `reference`.
  package init(_ codebook: Codebook, asOf reference: CalendarDate) {
    self.codebook = codebook
    self.reference = reference
  }

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    write(value(of: finding, naming: nil, in: text), into: &output)
  }

  package func write(_ finding: Finding, of person: NamedPerson, in text: Span<UInt8>, into output: inout [UInt8]) {
    write(value(of: finding, naming: person, in: text), into: &output)
  }

  /// What is looked up in the book for `finding` in `text`, which may mention a person.
  func value(of finding: Finding, naming person: NamedPerson?, in text: Span<UInt8>) -> Codebook.Value {
    let identity = person?.person.identity ?? Subject.bytes(of: finding, in: text, asOf: reference)
    return Codebook.Value(
      identifier: finding.identifier, identity: identity, spelling: [UInt8](copying: text.extracting(finding.range)))
  }

  private func write(_ value: Codebook.Value, into output: inout [UInt8]) {
    guard let code = codebook.code(of: value) else { return Placeholder.write(value.identifier, into: &output) }
    output.append(contentsOf: value.identifier.label.utf8)
    output.append(0x5F)
    output.append(contentsOf: code)
  }
}
