package import Bytes

/// A document of a labelled corpus: its text and the places that hold an identifier.
package struct GoldDocument: Sendable, Hashable {
  /// The name of the document in its corpus.
  package var id: String
  /// The text.
  package var text: String
  /// The marked places.
  package var spans: [GoldSpan]

  /// A labelled document.
  package init(id: String, text: String, spans: [GoldSpan]) {
    self.id = id
    self.text = text
    self.spans = spans
  }

  /// The document that one line of JSON describes: `{"id", "text", "spans": [{"start", "end", "label", "soft"}]}`,
  /// offsets in Unicode code points.
  package init(_ value: JSONValue) throws(GoldError) {
    guard let id = value["id"]?.string, let text = value["text"]?.string, let spans = value["spans"]?.array else {
      throw GoldError.missingMember
    }
    self.id = id
    self.text = text
    self.spans = []
    let length = text.unicodeScalars.count
    for span in spans {
      guard let start = span["start"]?.integer, let end = span["end"]?.integer, let label = span["label"]?.string else {
        throw GoldError.missingMember
      }
      guard start >= 0, start < end, end <= length else { throw GoldError.spanOutsideText }
      self.spans.append(GoldSpan(start..<end, label: label, isSoft: span["soft"]?.bool ?? false))
    }
  }

  /// The documents of a corpus in JSON lines; empty lines are skipped.
  package static func corpus(_ lines: [UInt8]) throws(GoldError) -> [GoldDocument] {
    var documents: [GoldDocument] = []
    for (index, line) in lines.split(separator: 0x0A).enumerated() {
      do {
        documents.append(try GoldDocument(try JSONValue(parsing: Array(line))))
      } catch let error as GoldError {
        throw GoldError(code: error.code, line: index + 1)
      } catch {
        throw GoldError(code: .notJSON, line: index + 1)
      }
    }
    return documents
  }
}

/// A marked place in a labelled document.
package struct GoldSpan: Sendable, Hashable {
  /// The place, in Unicode code points.
  package var range: Range<Int>
  /// The kind of identifier, in the corpus's words.
  package var label: String
  /// Whether it counts neither as missed nor as flagged wrongly.
  package var isSoft: Bool

  /// A marked place.
  package init(_ range: Range<Int>, label: String, isSoft: Bool = false) {
    self.range = range
    self.label = label
    self.isSoft = isSoft
  }
}

/// Why a labelled corpus cannot be read.
package struct GoldError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Code: Sendable { case notJSON, missingMember, spanOutsideText }

  /// What is wrong.
  package var code: Code
  /// The line of the corpus, from 1; 0 when it is not known.
  package var line: Int

  /// What is wrong on a line.
  package init(code: Code, line: Int) {
    self.code = code
    self.line = line
  }

  static let missingMember = GoldError(code: .missingMember, line: 0)
  static let spanOutsideText = GoldError(code: .spanOutsideText, line: 0)
}

extension GoldError: CustomStringConvertible {
  /// What is wrong and where.
  package var description: String {
    switch code {
    case .notJSON: "line \(line) is not JSON"
    case .missingMember: "line \(line) lacks `id`, `text` or `spans`, or a span lacks `start`, `end` or `label`"
    case .spanOutsideText: "line \(line) has a span outside its text"
    }
  }
}
