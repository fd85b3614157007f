import PHI

/// A text whose findings are marked in it: `seen by [[NAME|Maria Gonzalez]] on [[DATE|3/5]]`.
struct Marked {
  private(set) var text: [UInt8] = []
  private(set) var findings: [Finding] = []

  init(_ source: String) {
    var rest = source[...]
    while let open = rest.firstRange(of: "[["), let bar = rest[open.upperBound...].firstIndex(of: "|"),
      let close = rest[bar...].firstRange(of: "]]"),
      let identifier = Identifier(label: String(rest[open.upperBound..<bar]))
    {
      text += rest[..<open.lowerBound].utf8
      let start = text.count
      text += rest[rest.index(after: bar)..<close.lowerBound].utf8
      findings.append(Finding(identifier, at: start..<text.count, confidence: .certain, by: "test"))
      rest = rest[close.upperBound...]
    }
    text += rest.utf8
  }

  var string: String { String(decoding: text, as: UTF8.self) }
}
