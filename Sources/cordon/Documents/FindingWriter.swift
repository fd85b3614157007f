import ArgumentParser
import Bytes
import PHI

/// What offsets in results count.
enum OffsetUnit: String, ExpressibleByArgument, CaseIterable, Sendable { case codepoints, utf8 }

/// Writes the findings of one document as JSON, window after window.
struct FindingWriter {
  private let unit: OffsetUnit
  /// The offset of the next window, in the unit.
  private var start = 0
  private(set) var json: [UInt8] = [0x5B]
  private(set) var count = 0

  init(_ unit: OffsetUnit) { self.unit = unit }

  /// Appends the findings of the next window of the document.
  mutating func append(_ findings: [Finding], in text: Span<UInt8>) {
    var offsets = CodePointOffsets()
    for finding in findings {
      if count > 0 { json.append(0x2C) }
      count += 1
      switch unit {
      case .utf8: write(finding, start + finding.range.lowerBound, start + finding.range.upperBound)
      case .codepoints:
        let lower = offsets.codePoints(before: finding.range.lowerBound, in: text)
        write(finding, start + lower, start + offsets.codePoints(before: finding.range.upperBound, in: text))
      }
    }
    start += unit == .utf8 ? text.count : offsets.codePoints(before: text.count, in: text)
  }

  /// The whole array.
  consuming func finished() -> [UInt8] {
    json.append(0x5D)
    return json
  }

  private mutating func write(_ finding: Finding, _ start: Int, _ end: Int) {
    let percent = finding.confidence.percent
    let hundredths = percent % 100 < 10 ? "0\(percent % 100)" : "\(percent % 100)"
    json.append(contentsOf: #"{"start":\#(start),"end":\#(end),"kind":"\#(finding.identifier.label)","#.utf8)
    json.append(contentsOf: #""confidence":\#(percent / 100).\#(hundredths),"detector":"\#(finding.detector)"}"#.utf8)
  }
}
