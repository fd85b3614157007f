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
    self.init(profile, scanner: Scanner(carveOuts: .safeHarbor(asOf: profile.reference)))
  }

  /// A de-identifier that finds with `scanner` and replaces by `profile`.
  package init(_ profile: Profile, scanner: Scanner) {
    self.profile = profile
    self.scanner = scanner
  }

  /// A document that fits in memory, de-identified; `text` must be valid UTF-8.
  package func redact(_ text: [UInt8]) -> Redaction {
    let findings = scanner.findings(in: text)
    var redaction = Redaction(text: [], findings: findings)
    redaction.text.reserveCapacity(text.count)
    replace(findings, in: text.span, into: &redaction.text)
    return redaction
  }

  /// Appends `text` to `output` with what stands for `findings` in their place.
  func replace(_ findings: [Finding], in text: Span<UInt8>, into output: inout [UInt8]) {
    var copied = 0
    for finding in findings {
      output.append(copying: text, copied..<finding.range.lowerBound)
      profile.transform(for: finding.identifier).write(finding, in: text, into: &output)
      copied = finding.range.upperBound
    }
    output.append(copying: text, copied..<text.count)
  }
}

/// A document with its identifiers replaced.
package struct Redaction: Sendable {
  /// The safe text.
  package var text: [UInt8]
  /// What was found, as ranges of the text that came in.
  package var findings: [Finding]
}
