package import PHI

/// How well findings cover the marked places of a corpus, counted in letters and digits.
///
/// All documents are pooled. The four-digit year inside a date counts neither way, because Safe Harbor lets it stay,
/// and so does a soft span.
package struct Score: Sendable, Hashable {
  /// Letters and digits that are marked; found; both.
  package private(set) var marked = 0
  package private(set) var found = 0
  package private(set) var hit = 0
  /// Letters and digits in all, and words separated by white space.
  package private(set) var characters = 0
  package private(set) var words = 0
  /// Findings that touch nothing marked.
  package private(set) var falseFindings = 0
  /// Documents with identifiers, and those where nothing leaked.
  package private(set) var documentsWithIdentifiers = 0
  package private(set) var cleanDocuments = 0
  /// Documents without identifiers, and those where something was flagged.
  package private(set) var documentsWithout = 0
  package private(set) var damagedDocuments = 0
  /// The spans of each label.
  package private(set) var labels: [String: LabelScore] = [:]

  /// The score of no documents.
  package init() {}

  /// The spans of one label: how many, how many touched in at least one letter or digit, how many covered whole.
  package struct LabelScore: Sendable, Hashable {
    package var spans = 0
    package var touched = 0
    package var covered = 0

    /// So many spans, of which so many are touched and so many covered.
    package init(spans: Int = 0, touched: Int = 0, covered: Int = 0) {
      self.spans = spans
      self.touched = touched
      self.covered = covered
    }
  }

  /// The share of marked letters and digits that were found.
  package var recall: Double { marked == 0 ? 1 : Double(hit) / Double(marked) }
  /// The share of found letters and digits that are marked.
  package var precision: Double { found == 0 ? 1 : Double(hit) / Double(found) }
  /// The share of marked letters and digits that were not found.
  package var leakRate: Double { 1 - recall }
  /// The share of documents with identifiers in which nothing leaked.
  package var cleanShare: Double {
    documentsWithIdentifiers == 0 ? 1 : Double(cleanDocuments) / Double(documentsWithIdentifiers)
  }
  /// The share of documents without identifiers in which something was flagged.
  package var damagedShare: Double { documentsWithout == 0 ? 0 : Double(damagedDocuments) / Double(documentsWithout) }
  /// Findings that touch nothing marked, for 10,000 letters and digits.
  package var flagsPerTenThousand: Double { characters == 0 ? 0 : Double(falseFindings) * 10_000 / Double(characters) }
  /// Findings that touch nothing marked, for 1,000 words.
  package var falsePerThousandWords: Double { words == 0 ? 0 : Double(falseFindings) * 1_000 / Double(words) }

  /// Counts a document and what was found in it, as ranges of the UTF-8 bytes of its text.
  package mutating func count(_ findings: [Finding], in document: GoldDocument) {
    let sheet = ScoreSheet(document, findings)
    characters += sheet.letters.lazy.filter { $0 }.count
    words += document.text.split(whereSeparator: \.isWhitespace).count
    let hard = document.spans.filter { !$0.isSoft }
    let leaked = sheet.places(where: { $0.isMarked && !$0.isFound })
    marked += sheet.places(where: \.isMarked)
    found += sheet.places(where: \.isFound)
    hit += sheet.places(where: { $0.isMarked && $0.isFound })
    let wrong = sheet.falseFindings()
    falseFindings += wrong.count
    if hard.isEmpty {
      documentsWithout += 1
      damagedDocuments += wrong.isEmpty ? 0 : 1
    } else {
      documentsWithIdentifiers += 1
      cleanDocuments += leaked == 0 ? 1 : 0
    }
    for span in hard {
      let places = sheet.counting(span.range)
      var score = labels[span.label] ?? LabelScore()
      score.spans += 1
      if places.contains(where: \.isFound) { score.touched += 1 }
      if places.allSatisfy(\.isFound) { score.covered += 1 }
      labels[span.label] = score
    }
  }
}
