import Bytes
package import Detection

/// What training sees of one document: the features of its runs of words, and the tags that its labels allow.
package struct TaggerExample: Sendable {
  /// The runs, as ranges of words.
  private(set) var runs: [Range<Int>] = []
  /// The tags that the labels allow each word.
  private(set) var allowed: [TagSet] = []
  private var features: [UInt32] = []
  /// Marked words that lie outside every run: what the tagger cannot find.
  private(set) var missed = 0

  /// The example that a labelled document makes, read after the rules of `scanner`.
  package init(_ document: GoldDocument, scanner: Scanner) {
    let read = scanner.ruled(Array(document.text.utf8))
    let labels = TaggerExample.labels(of: document, on: read.page)
    let reading = TaggerReading(read.page, read.findings)
    var reader = TaggerFeatures()
    var outside = Set(labels.indices.lazy.filter { !labels[$0].contains(TagSet(.outside)) })
    for run in reading.runs {
      let start = allowed.count
      reader.read(run, of: reading)
      features.append(contentsOf: reader.rows)
      for word in run {
        allowed.append(labels[word])
        outside.remove(word)
      }
      runs.append(start..<allowed.count)
    }
    missed = outside.count
  }

  /// The features of a word.
  func features(of word: Int) -> ArraySlice<UInt32> {
    features[word * TaggerFeatures.count..<(word + 1) * TaggerFeatures.count]
  }

  /// The tags that the labels of `document` allow each word of its page.
  private static func labels(of document: GoldDocument, on page: Page) -> [TagSet] {
    var offsets: [Int] = []
    for scalar in document.text.unicodeScalars { offsets.append((offsets.last ?? 0) + UTF8.width(scalar)) }
    func byte(_ codePoint: Int) -> Int { codePoint == 0 ? 0 : offsets[codePoint - 1] }
    var labels = [TagSet](repeating: TagSet(.outside), count: page.words.count)
    let places = page.words.map { page.inText($0.range) }
    for span in document.spans {
      let range = byte(span.range.lowerBound)..<byte(span.range.upperBound)
      let known = span.isSoft ? nil : TrainingLabel.tagClass(of: span.label)
      var isFirst = true
      var index = places.partitioningIndex { $0.upperBound > range.lowerBound }
      while index < places.count, places[index].lowerBound < range.upperBound {
        labels[index] = known.map { TagSet(isFirst ? .begin($0) : .inside($0)) } ?? .all
        isFirst = false
        index += 1
      }
    }
    return labels
  }
}

/// What the labels of training texts mean to the tagger.
enum TrainingLabel {
  /// The class of words so labelled; nil when the label leaves it open.
  static func tagClass(of label: String) -> TagClass? {
    switch label {
    case "NAME_PATIENT", "NAME_CLINICIAN", "NAME_OTHER", "NAME": .name
    case "STREET": .street
    case "CITY", "COUNTY": .place
    case "FACILITY": .facility
    case "ORG": .organization
    case "DATE": .date
    case "UNIQUE": .description
    case "AGE_OVER_89", "ZIP", "PHONE", "FAX", "EMAIL", "SSN", "MRN", "HEALTH_PLAN", "ACCOUNT", "LICENSE", "VEHICLE",
      "DEVICE", "URL",
      "IP", "BIOMETRIC", "PHOTO", "ID_OTHER":
      .number
    default: nil
    }
  }
}
