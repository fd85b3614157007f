package import Detection
package import Formats
package import PHI

/// De-identifies one document of any size in the memory of a few windows.
///
/// A profile that treats people needs to know all of their names first: by it parts come only after the end, and the
/// document stays in memory.
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
  private var isFinished = false
  private var linkage = Linkage()
  /// What waits for the end of the document, the next one last.
  private var waiting: [(window: ScanStream.Window, mentions: Linkage.Mentions)] = []

  /// The start of a document.
  package init(_ deidentifier: Deidentifier, windowSize: Int = 1 << 18) {
    self.deidentifier = deidentifier
    scan = ScanStream(deidentifier.scanner, windowSize: windowSize)
  }

  /// Takes the next bytes of the document.
  package mutating func push(_ bytes: Span<UInt8>) throws(FormatsError) { try scan.push(bytes) }

  /// Takes the end of the document.
  package mutating func finish() throws(FormatsError) {
    try scan.finish()
    isFinished = true
  }

  /// The next part; nil when more bytes are needed, or none are left.
  ///
  /// - Throws: `SecondOpinionFailure` when the reader that the scanner is to ask fails; the document is given up then.
  package mutating func next() throws(SecondOpinionFailure) -> Part? {
    guard deidentifier.profile.linksPeople else { return try scan.next().map { part($0, naming: [:]) } }
    var read: [(window: ScanStream.Window, mentions: Linkage.Mentions)] = []
    while let window = try scan.next() {
      read.append((window, linkage.read(window.findings, in: window.text.span)))
    }
    if !read.isEmpty { waiting.insert(contentsOf: read.reversed(), at: 0) }
    guard isFinished, let (window, mentions) = waiting.popLast() else { return nil }
    return part(window, naming: mentions.mapValues(linkage.person))
  }

  private mutating func part(_ window: ScanStream.Window, naming people: [Int: NamedPerson]) -> Part {
    for finding in window.findings { counts[finding.identifier] += 1 }
    var part = Part(source: window.text, findings: window.findings, text: [])
    part.text.reserveCapacity(window.text.count)
    deidentifier.replace(window.findings, in: window.text.span, naming: people, into: &part.text)
    return part
  }
}
