import Bytes
import Deidentification
import PHI

/// What `scan` writes about one document.
struct ScanReport {
  private let name: String
  private let format: OutputFormat
  private var findings: FindingWriter
  private var lines: [UInt8] = []
  private var line = 1
  private var column = 1

  init(_ name: String, as format: OutputFormat, offsets: OffsetUnit) {
    self.name = name
    self.format = format
    findings = FindingWriter(offsets)
  }

  mutating func append(_ window: ScanStream.Window) {
    switch format {
    case .json, .jsonl: findings.append(window.findings, in: window.text.span)
    case .text: appendLines(window)
    }
  }

  /// The whole report, ready to write.
  consuming func finished() -> [UInt8] {
    guard format != .text else { return lines }
    var value: [UInt8] = Array("{\"id\":".utf8)
    JSONString.quote(Array(name.utf8).span, into: &value)
    value.append(contentsOf: ",\"findings\":".utf8)
    value.append(contentsOf: findings.finished())
    value.append(0x7D)
    if format == .jsonl { value.append(0x0A) }
    return value
  }

  /// One line for each finding, as compilers write them: `note.txt:3:14: NAME 90 % person-name`.
  private mutating func appendLines(_ window: ScanStream.Window) {
    var next = 0
    for finding in window.findings {
      advance(over: window.text.span.extracting(next..<finding.range.lowerBound))
      next = finding.range.lowerBound
      let what = "\(finding.identifier) \(finding.confidence.percent) % \(finding.detector)"
      lines.append(contentsOf: "\(name):\(line):\(column): \(what)\n".utf8)
    }
    advance(over: window.text.span.extracting(next..<window.text.count))
  }

  private mutating func advance(over text: Span<UInt8>) {
    for place in text.indices {
      if text[place] == 0x0A {
        line += 1
        column = 1
      } else if text[place] & 0xC0 != 0x80 {
        column += 1
      }
    }
  }
}
