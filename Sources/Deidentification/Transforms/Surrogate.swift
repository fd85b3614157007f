internal import Bytes
package import PHI

/// Puts an invented value of the same kind and shape in the place of an identifier.
///
/// ## What it does
/// `Maria Gonzalez` becomes `Elena Salazar`, `GONZALEZ, M.` becomes `SALAZAR, E.`, a phone number one of those kept for
/// fiction, an e-mail address one at an example domain, a record number another of its shape. Names keep the sex and the
/// origin that a reader would guess; dates move as `DateShift` moves them; an age over 89 becomes one from 90 to 99. The
/// same value in documents of one patient has the same surrogate, never itself; only a given name that no list knows may
/// have another one in a document that says the sex. Photographs, biometrics and descriptions become placeholders.
///
/// ## What it leaves
/// The shape of numbers; titles and words such as `Hospital` and `Street`; which values are equal. Nothing marks a
/// surrogate as one.
///
/// ## Why
/// An identifier that detection missed is hidden among surrogates (Carrell et al., J Am Med Inform Assoc 2013): a reader
/// cannot tell it from them. For the same reason nobody notices it. Surrogates are computed under a key from what they
/// replace, so that they are not Safe Harbor (45 CFR 164.514(c)(1)).
package struct Surrogate: Transform {
  private let patient: PatientKey
  private let names: SurrogateName
  private let dates: DateShift
  private let rule: SafeHarborRule
  private let zipPrefixes: ZipPrefixTable
  private let reference: CalendarDate

  /// Surrogates for the documents of `patient`.
  package init(
    of patient: PatientKey, rule: SafeHarborRule, zipPrefixes: ZipPrefixTable, asOf reference: CalendarDate
  ) {
    self.patient = patient
    self.rule = rule
    self.zipPrefixes = zipPrefixes
    self.reference = reference
    names = SurrogateName(of: patient)
    dates = DateShift(of: patient, keepingWeekdays: false, rule: rule, asOf: reference)
  }

  package func write(_ finding: Finding, of person: NamedPerson, in text: Span<UInt8>, into output: inout [UInt8]) {
    names.write(text.extracting(finding.range), of: person, into: &output)
  }

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    switch finding.identifier {
    case .name: write(finding, of: NamedPerson(Person(Mention(at: finding.range, in: text))), in: text, into: &output)
    case .date: dates.write(finding, in: text, into: &output)
    case .biometric, .photograph, .uniqueDescription: Placeholder.write(finding.identifier, into: &output)
    case .street, .city, .county, .zipCode, .facility, .organization, .ageOver89, .phone, .fax, .email,
      .socialSecurityNumber, .medicalRecordNumber, .healthPlanNumber, .accountNumber, .licenseNumber, .vehicle, .device,
      .url, .ipAddress, .otherNumber:
      output.append(contentsOf: surrogate(of: text.extracting(finding.range), as: finding.identifier))
    }
  }

  /// Another value than `value`; the placeholder when there is none.
  private func surrogate(of value: Span<UInt8>, as identifier: Identifier) -> [UInt8] {
    let original = [UInt8](copying: value)
    var draw = patient.draw(
      for: NormalisedValue.bytes(of: value, as: identifier, asOf: reference), role: identifier.label)
    for _ in 0..<16 {
      guard let invented = invention(like: original, as: identifier, using: &draw) else { break }
      if invented.map(ASCII.lowercased) != original.map(ASCII.lowercased) { return invented }
    }
    var placeholder: [UInt8] = []
    Placeholder.write(identifier, into: &placeholder)
    return placeholder
  }

  private func invention(
    like value: [UInt8], as identifier: Identifier, using draw: inout KeyedDraw
  ) -> [UInt8]? {
    let text = String(decoding: value, as: UTF8.self)
    switch identifier {
    case .street: return Array(SurrogatePlace.street(like: text, using: &draw).utf8)
    case .city: return Array(SurrogatePlace.city(like: text, using: &draw).utf8)
    case .county: return Array(SurrogatePlace.county(like: text, using: &draw).utf8)
    case .facility: return Array(SurrogatePlace.institution(like: text, isFacility: true, using: &draw).utf8)
    case .organization: return Array(SurrogatePlace.institution(like: text, isFacility: false, using: &draw).utf8)
    case .zipCode: return PlainNumber.bytes(of: value.span).flatMap { zipCode(like: $0, using: &draw) }
    case .ageOver89: return Array(String(rule.greatestAge + Int.random(in: 1...10, using: &draw)).utf8)
    case .email: return SurrogateAddress.email(like: value, using: &draw)
    case .url: return SurrogateAddress.url(like: value, using: &draw)
    case .ipAddress: return SurrogateAddress.internet(like: value, using: &draw)
    case .phone, .fax, .socialSecurityNumber, .medicalRecordNumber, .healthPlanNumber, .accountNumber, .licenseNumber,
      .vehicle, .device, .otherNumber:
      return PlainNumber.bytes(of: value.span).flatMap { SurrogateNumber.text(like: $0, as: identifier, using: &draw) }
    case .name, .date, .biometric, .photograph, .uniqueDescription: return nil
    }
  }

  /// A code of an area of the same region where many people live; of another form than five or nine digits only the
  /// shape.
  private func zipCode(like value: [UInt8], using draw: inout KeyedDraw) -> [UInt8]? {
    guard var code = SurrogateNumber.text(like: value, as: .zipCode, using: &draw) else { return nil }
    guard code.count >= 5, code.prefix(5).allSatisfy(ASCII.isDigit) else { return code }
    let region = Int(value[0] - 0x30) * 100
    let prefixes = (region..<region + 100).filter {
      zipPrefixes.population(ofPrefix: $0) > rule.populationOfRestrictedPrefix
    }
    let prefix = draw.pick(prefixes)
    for (place, divisor) in [100, 10, 1].enumerated() { code[place] = UInt8(0x30 + prefix / divisor % 10) }
    return code
  }
}
