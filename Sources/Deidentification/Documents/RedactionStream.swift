package import Formats
package import PHI

/// De-identifies one document of any size in the memory of a few windows.
package struct RedactionStream: Sendable {
  /// A part of the document, before and after.
  package struct Part: Sendable {
    /// The part as it came in.
    package var source: [UInt8]
    /// What was found, as ranges of the source.
    package var findings: [Finding]
    /// The part with its identifiers replaced.
    package var text: [UInt8]
  }

  /// How many identifiers of each kind have been found and treated as the profile says.
  package private(set) var counts = IdentifierCounts()
  private let deidentifier: Deidentifier
  private var scan: ScanStream
  private var linkage = Linkage()

  /// The start of a document.
  package init(_ deidentifier: Deidentifier, windowSize: Int = 1 << 18) {
    self.deidentifier = deidentifier
    scan = ScanStream(deidentifier.scanner, windowSize: windowSize)
  }

  /// Takes the next bytes of the document.
  package mutating func push(_ bytes: Span<UInt8>) throws(FormatsError) { try scan.push(bytes) }

  /// Takes the end of the document.
  package mutating func finish() throws(FormatsError) { try scan.finish() }

  /// The next part; nil when more bytes are needed, or none are left.
  package mutating func next() -> Part? {
    guard let window = scan.next() else { return nil }
    for finding in window.findings { counts[finding.identifier] += 1 }
    var part = Part(source: window.text, findings: window.findings, text: [])
    part.text.reserveCapacity(window.text.count)
    deidentifier.replace(window.findings, in: window.text.span, linking: &linkage, into: &part.text)
    return part
  }
}
