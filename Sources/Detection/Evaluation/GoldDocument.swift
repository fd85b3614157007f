package import Bytes

/// A document of a labelled corpus: its text and the places that hold an identifier.
package struct GoldDocument: Sendable, Hashable {
  /// The name of the document in its corpus.
  package var id: String
  /// The text.
  package var text: String
  /// The marked places.
  package var spans: [GoldSpan]
  /// What kind of document it is, in the corpus's words.
  package var genre: String?
  /// How it is written, in the corpus's words.
  package var style: String?

  /// A labelled document.
  package init(id: String, text: String, spans: [GoldSpan], genre: String? = nil, style: String? = nil) {
    self.id = id
    self.text = text
    self.spans = spans
    self.genre = genre
    self.style = style
  }

  /// The document that one line of JSON describes.
  ///
  /// `{"id", "text", "spans": [{"start", "end", "label"}]}`, offsets in Unicode code points. A document may also have
  /// `genre` and `style`, a span `soft`, `origin` and `sex`.
  package init(_ value: JSONValue) throws(GoldError) {
    guard let id = value["id"]?.string, let text = value["text"]?.string, let spans = value["spans"]?.array else {
      throw GoldError.missingMember
    }
    self.id = id
    self.text = text
    self.spans = []
    genre = value["genre"]?.string
    style = value["style"]?.string
    let length = text.unicodeScalars.count
    for span in spans {
      guard let start = span["start"]?.integer, let end = span["end"]?.integer, let label = span["label"]?.string else {
        throw GoldError.missingMember
      }
      guard start >= 0, start < end, end <= length else { throw GoldError.spanOutsideText }
      self.spans.append(
        GoldSpan(
          start..<end, label: label, isSoft: span["soft"]?.bool ?? false, origin: span["origin"]?.string,
          sex: span["sex"]?.string))
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
  /// Where a person's name comes from, in the corpus's words.
  package var origin: String?
  /// The sex of the person named, in the corpus's words.
  package var sex: String?

  /// A marked place.
  package init(
    _ range: Range<Int>, label: String, isSoft: Bool = false, origin: String? = nil, sex: String? = nil
  ) {
    self.range = range
    self.label = label
    self.isSoft = isSoft
    self.origin = origin
    self.sex = sex
  }
}
