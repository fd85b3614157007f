internal import PHI

/// Whom or what a finding speaks of, whatever its spelling.
enum Subject {
  /// The bytes that all mentions of the person or spellings of the value have in common.
  static func bytes(of finding: Finding, in text: Span<UInt8>, asOf reference: CalendarDate) -> [UInt8] {
    finding.identifier == .name
      ? Person(Mention(at: finding.range, in: text)).identity
      : NormalisedValue.bytes(of: text.extracting(finding.range), as: finding.identifier, asOf: reference)
  }
}
