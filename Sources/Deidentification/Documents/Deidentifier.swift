internal import Bytes
package import Detection
package import PHI

/// De-identifies documents by one profile.
package struct Deidentifier: Sendable {
  /// What decides what is put in the place of findings.
  package let profile: Profile
  let scanner: Scanner

  /// A de-identifier that finds what `profile` does not let stay, and replaces it as the profile says.
  package init(_ profile: Profile) {
    self.init(profile, scanner: Scanner(carveOuts: profile.carveOuts))
  }

  /// A de-identifier that finds with `scanner` and replaces by `profile`.
  package init(_ profile: Profile, scanner: Scanner) {
    self.profile = profile
    self.scanner = scanner
  }

  /// A document that fits in memory, de-identified; `text` must be valid UTF-8.
  ///
  /// - Throws: `SecondOpinionFailure` when the reader that its scanner is to ask fails.
  package func redact(_ text: [UInt8]) throws(SecondOpinionFailure) -> Redaction {
    let findings = try findings(in: text)
    var redaction = Redaction(text: [], findings: findings)
    redaction.text.reserveCapacity(text.count)
    replace(findings, in: text.span, naming: people(in: text.span, findings), into: &redaction.text)
    return redaction
  }

  /// What stands for one finding.
  struct Replacement: Sendable {
    var finding: Finding
    var text: [UInt8]
  }

  /// What stands for each finding in `text`, which must be valid UTF-8.
  func replacements(in text: [UInt8]) throws(SecondOpinionFailure) -> [Replacement] {
    let findings = try findings(in: text)
    let people = people(in: text.span, findings)
    return findings.enumerated().map { place, finding in
      var replacement = Replacement(finding: finding, text: [])
      write(finding, of: people[place], in: text.span, into: &replacement.text)
      return replacement
    }
  }

  /// Appends `text` to `output` with what stands for `findings` in their place, names by the `people` they mention.
  func replace(
    _ findings: [Finding], in text: Span<UInt8>, naming people: [Int: NamedPerson], into output: inout [UInt8]
  ) {
    prepareCodes(for: findings, in: text, naming: people)
    var copied = 0
    for (place, finding) in findings.enumerated() {
      output.append(copying: text, copied..<finding.range.lowerBound)
      write(finding, of: people[place], in: text, into: &output)
      copied = finding.range.upperBound
    }
    output.append(copying: text, copied..<text.count)
  }

  /// Has the random codes of all findings ready: a source that writes them down does so once then.
  private func prepareCodes(for findings: [Finding], in text: Span<UInt8>, naming people: [Int: NamedPerson]) {
    var values: [Codebook.Value] = []
    var book: Codebook?
    for (place, finding) in findings.enumerated() {
      guard let token = profile.transform(for: finding.identifier) as? RandomToken else { continue }
      guard token.codebook.hasSource else { return }
      values.append(token.value(of: finding, naming: people[place], in: text))
      book = token.codebook
    }
    book?.prepare(values)
  }

  private func findings(in text: [UInt8]) throws(SecondOpinionFailure) -> [Finding] {
    var memory = DocumentMemory()
    return try scanner.findingsOrFailure(in: text, remembering: &memory)
  }

  /// The people that the names among `findings` mention, if the profile treats people.
  private func people(in text: Span<UInt8>, _ findings: [Finding]) -> [Int: NamedPerson] {
    guard profile.linksPeople else { return [:] }
    var linkage = Linkage()
    return linkage.read(findings, in: text).mapValues(linkage.person)
  }

  private func write(
    _ finding: Finding, of person: NamedPerson?, in text: Span<UInt8>, into output: inout [UInt8]
  ) {
    let transform = profile.transform(for: finding.identifier)
    if let person {
      transform.write(finding, of: person, in: text, into: &output)
    } else {
      transform.write(finding, in: text, into: &output)
    }
  }
}

/// A document with its identifiers replaced.
package struct Redaction: Sendable {
  /// The safe text.
  package var text: [UInt8]
  /// What was found, as ranges of the text that came in.
  package var findings: [Finding]
}
