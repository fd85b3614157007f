import Bytes
package import PHI

/// One document's characters, each marked, found, both or left out of the count.
package struct ScoreSheet {
  /// Whether each code point is a letter or a digit.
  package let letters: [Bool]
  private var places: [Place]
  private let findings: [(range: Range<Int>, finding: Finding)]

  /// What is known of one code point.
  package struct Place: Sendable, Hashable {
    /// Whether a span marks it and it counts.
    package var isMarked = false
    /// Whether a finding covers it and it counts.
    package var isFound = false
    /// How sure the surest finding that covers it is, in percent.
    package var percent: UInt8 = 0
    fileprivate var isSpan = false
    fileprivate var isLeftOut = false
  }

  /// The sheet of a document and its findings, given as ranges of UTF-8 bytes.
  package init(_ document: GoldDocument, _ findings: [Finding]) {
    let scalars = Array(document.text.unicodeScalars)
    letters = scalars.map { $0.properties.isAlphabetic || $0.properties.numericType != nil }
    places = Array(repeating: Place(), count: scalars.count)
    self.findings = ScoreSheet.inCodePoints(findings, of: document.text)
    for span in document.spans {
      for index in span.range { places[index].isSpan = places[index].isSpan || !span.isSoft }
      if span.isSoft { leaveOut(span.range) }
      if span.label == "DATE" { for year in ScoreSheet.years(in: span.range, of: scalars) { leaveOut(year) } }
    }
    for index in places.indices { places[index].isMarked = places[index].isSpan && counts(index) }
    for (range, finding) in self.findings {
      for index in range where counts(index) {
        places[index].isFound = true
        places[index].percent = max(places[index].percent, finding.confidence.percent)
      }
    }
  }

  /// How many code points are so.
  package func places(where isSo: (Place) -> Bool) -> Int { places.lazy.filter(isSo).count }

  /// Calls `body` with each code point.
  package func forEachPlace(_ body: (Place) -> Void) { places.forEach(body) }

  /// The code points of `range` that count.
  package func counting(_ range: Range<Int>) -> [Place] { range.filter(counts).map { places[$0] } }

  /// The findings that touch nothing marked and are not soft, in code points.
  package func falseFindings() -> [Range<Int>] {
    findings.map(\.range).filter { range in
      !range.contains { places[$0].isSpan } && range.contains { counts($0) }
    }
  }

  /// The findings that cover something that counts, each with what gold says of it.
  package func judged() -> [JudgedFinding] {
    findings.compactMap { range, finding in
      let counting = range.lazy.filter(counts)
      guard !counting.isEmpty else { return nil }
      return JudgedFinding(
        finding, characters: counting.count, marked: counting.filter { places[$0].isMarked }.count,
        touchesSpan: range.contains { places[$0].isSpan })
    }
  }

  /// The stretches of marked characters that no finding covers, in code points.
  package func leaks() -> [Range<Int>] {
    var leaks: [Range<Int>] = []
    var start: Int?
    for index in places.indices {
      let leaked = places[index].isMarked && !places[index].isFound
      if leaked, start == nil { start = index }
      if !leaked, letters[index], let from = start {
        leaks.append(from..<index)
        start = nil
      }
    }
    if let from = start { leaks.append(from..<places.count) }
    return leaks
  }

  private func counts(_ index: Int) -> Bool { letters[index] && !places[index].isLeftOut }

  private mutating func leaveOut(_ range: Range<Int>) {
    for index in range { places[index].isLeftOut = true }
  }

  /// The stretches of exactly four digits that could be a year.
  private static func years(in range: Range<Int>, of scalars: [Unicode.Scalar]) -> [Range<Int>] {
    var years: [Range<Int>] = []
    var index = range.lowerBound
    while index < range.upperBound {
      var end = index
      while end < range.upperBound, (0x30...0x39).contains(scalars[end].value) { end += 1 }
      if end - index == 4, scalars[index].value == 0x31 || scalars[index].value == 0x32 { years.append(index..<end) }
      index = max(end, index + 1)
    }
    return years
  }

  private static func inCodePoints(_ findings: [Finding], of text: String) -> [(Range<Int>, Finding)] {
    let bytes = Array(text.utf8)
    var offsets = CodePointOffsets()
    return findings.sorted { $0.range.lowerBound < $1.range.lowerBound }.map { finding in
      let lower = offsets.codePoints(before: finding.range.lowerBound, in: bytes.span)
      return (lower..<offsets.codePoints(before: finding.range.upperBound, in: bytes.span), finding)
    }
  }
}
