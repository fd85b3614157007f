package import PHI

/// A reader of text beside the rules and the tagger, too slow to be asked about everything on every request.
///
/// What it finds is added where it is sure enough; nothing that the others found is dropped on its word.
package struct SecondOpinion: Sendable {
  /// What it is asked about.
  package enum Reach: String, CaseIterable, Sendable {
    /// The sentences where the rules and the tagger disagree, or the tagger is unsure.
    case uncertain
    /// Everything.
    case everything
  }

  /// Reads stretches of a text, in order and apart from each other, and gives the findings in them, in order.
  package typealias Reader =
    @Sendable (_ text: [UInt8], _ stretches: [Range<Int>]) throws(SecondOpinionFailure) ->
    [Finding]

  /// What it is asked about.
  package var reach: Reach
  /// How sure it must be to add what neither the rules nor the tagger found.
  package var threshold: Confidence
  /// How sure it must be to add a kind, where that differs.
  package var thresholds: [Identifier: Confidence]
  /// The tagger is unsure of a word that it holds for an identifier with a probability in this range.
  package var doubt: ClosedRange<Float>
  private let reader: Reader

  /// A reader, what it is asked about and how far it is trusted.
  package init(
    reach: Reach, threshold: Confidence = .high, thresholds: [Identifier: Confidence] = [:],
    doubt: ClosedRange<Float> = 0.1...0.6, reader: @escaping Reader
  ) {
    self.reach = reach
    self.threshold = threshold
    self.thresholds = thresholds
    self.doubt = doubt
    self.reader = reader
  }

  /// `findings` with what this reader adds to them, in order and apart from each other.
  ///
  /// - Parameters:
  ///   - findings: what is found already, in order and apart from each other.
  ///   - doubts: the places on the page that the others are unsure of, in order.
  ///   - page: the page.
  /// - Returns: findings in order and apart from each other.
  /// - Throws: `SecondOpinionFailure` when the reader fails: what it would have found is not known then.
  package func added(
    to findings: [Finding], doubting doubts: [Range<Int>], on page: Page
  ) throws(SecondOpinionFailure) -> [Finding] {
    let passages = page.passages(upTo: SecondOpinion.passage)
    let stretches = reach == .everything ? passages : passages.touching(doubts)
    guard !stretches.isEmpty else { return findings }
    let seen = try reader(page.bytes, stretches)
      .filter { $0.confidence >= thresholds[$0.identifier] ?? threshold }
      .droppingPlaceholders(on: page).droppingPublicCodes(on: page)
    return findings.adding(seen, on: page)
  }

  /// How many bytes are read together, unless a sentence is longer.
  private static let passage = 400
}

/// Why a second opinion could not be had, in the reader's words.
package struct SecondOpinionFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The reason; it names no text.
  package let description: String

  /// A failure for this reason.
  package init(_ description: String) { self.description = description }
}

extension [Finding] {
  /// The findings with others where nothing is found yet: what lies over a finding is cut off.
  fileprivate func adding(_ others: [Finding], on page: Page) -> [Finding] {
    var result = self
    var next = startIndex
    var taken = 0
    for other in others.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      var lower = Swift.max(other.range.lowerBound, taken)
      taken = Swift.max(taken, other.range.upperBound)
      while next < endIndex, self[next].range.upperBound <= lower { next += 1 }
      var index = next
      func add(_ upper: Int) {
        guard lower < upper else { return }
        var part = other
        part.range = page.trimmed(lower..<upper)
        if !part.range.isEmpty, !part.isKept(on: page) { result.append(part) }
      }
      while index < endIndex, self[index].range.lowerBound < other.range.upperBound {
        add(Swift.min(self[index].range.lowerBound, other.range.upperBound))
        lower = Swift.max(lower, self[index].range.upperBound)
        index += 1
      }
      add(other.range.upperBound)
    }
    result.sort { $0.range.lowerBound < $1.range.lowerBound }
    return result
  }
}

extension Finding {
  /// Whether Safe Harbor lets it stay: a year by itself.
  fileprivate func isKept(on page: Page) -> Bool {
    identifier == .date && range.count == 4 && range.allSatisfy { (0x30...0x39).contains(page.byte(at: $0)) }
  }
}
