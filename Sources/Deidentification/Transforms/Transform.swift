package import PHI

/// What is put in the place of an identifier.
package protocol Transform: Sendable {
  /// Appends what stands for `finding` in `text`.
  func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8])
}
