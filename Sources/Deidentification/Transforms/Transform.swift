package import PHI

/// What is put in the place of an identifier.
package protocol Transform: Sendable {
  /// Appends what stands for `finding` in `text`.
  func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8])

  /// Appends what stands for `finding` in `text`, a mention of `person`.
  func write(_ finding: Finding, of person: NamedPerson, in text: Span<UInt8>, into output: inout [UInt8])
}

extension Transform {
  /// Appends what stands for any mention of any person.
  package func write(_ finding: Finding, of person: NamedPerson, in text: Span<UInt8>, into output: inout [UInt8]) {
    write(finding, in: text, into: &output)
  }
}
