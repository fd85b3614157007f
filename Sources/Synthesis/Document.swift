import Bytes

/// A labelled document about nobody.
package struct Document: Equatable, Sendable {
  /// A piece of the text that identifies somebody.
  package struct Span: Equatable, Sendable {
    /// Where it stands, in Unicode code points.
    package let range: Range<Int>
    /// What it is.
    package let label: Label
    /// Where the name comes from, for a person's name.
    package let origin: String?
    /// The sex of the person, for a person's name.
    package let sex: String?
  }

  /// Its number in the corpus.
  package var id: String
  /// The text.
  package let text: String
  /// What is marked, in order and without overlaps.
  package let spans: [Span]
  /// The template it was made from.
  package let genre: String
  /// How the text was spoilt: names of styles joined by `+`, or `plain`.
  package let style: String

  /// The document as one line of JSON without its line break.
  package func write(into output: inout [UInt8]) {
    output += "{\"id\":\"\(id)\",\"text\":\"".utf8
    JSONString.escape(text.utf8.span, into: &output)
    output += "\",\"spans\":[".utf8
    for (index, span) in spans.enumerated() {
      if index > 0 { output.append(0x2C) }
      output += "{\"start\":\(span.range.lowerBound),\"end\":\(span.range.upperBound)".utf8
      output += ",\"label\":\"\(span.label.rawValue)\"".utf8
      if let origin = span.origin { output += ",\"origin\":\"\(origin)\"".utf8 }
      if let sex = span.sex { output += ",\"sex\":\"\(sex)\"".utf8 }
      output.append(0x7D)
    }
    output += "],\"genre\":\"\(genre)\",\"style\":\"\(style)\"}".utf8
  }
}
