package import Detection
package import Formats
package import PHI

/// Finds the identifiers of one document of any size, window by window.
package struct ScanStream: Sendable {
  /// A part of the document and what was found in it.
  package struct Window: Sendable {
    /// The offset of the part in the document.
    package var start: Int
    /// The part.
    package var text: [UInt8]
    /// What was found, as ranges of the part.
    package var findings: [Finding]
  }

  private let scanner: Scanner
  private var windows: TextWindows
  private var memory = DocumentMemory()
  private var start = 0

  /// The start of a document.
  package init(_ scanner: Scanner, windowSize: Int = 1 << 18) {
    self.scanner = scanner
    windows = TextWindows(size: windowSize)
  }

  /// Takes the next bytes of the document.
  package mutating func push(_ bytes: Span<UInt8>) throws(FormatsError) { try windows.push(bytes) }

  /// Takes the end of the document.
  package mutating func finish() throws(FormatsError) { try windows.finish() }

  /// The next part; nil when more bytes are needed, or none are left.
  ///
  /// - Throws: `SecondOpinionFailure` when the reader that the scanner is to ask fails; the document is given up then.
  package mutating func next() throws(SecondOpinionFailure) -> Window? {
    guard let text = windows.next() else { return nil }
    defer { start += text.count }
    let findings = try scanner.findingsOrFailure(in: text, remembering: &memory)
    return Window(start: start, text: text, findings: findings)
  }
}
