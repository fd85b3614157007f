import Bytes
import EmbeddedTagger
import PHI

/// Tags words by a trained model, and settles what rules and model say of a page.
package struct Tagger: Sendable {
  private let model: TaggerModel
  /// How likely a word must be part of an identifier to be found by the tagger alone.
  package var threshold: Float
  /// How likely all words of a finding must be outside for the tagger to drop it.
  package var veto: Float

  /// A tagger with this model.
  package init(_ model: TaggerModel, threshold: Float = 0.4, veto: Float = 0.85) {
    self.model = model
    self.threshold = threshold
    self.veto = veto
  }

  /// The tagger of the model in the executable.
  package static let embedded: Tagger = {
    let bytes = unsafe StaticBytes(unsafe: cordon_tagger_start(), count: cordon_tagger_size)
    guard let model = TaggerModel(bytes) else {
      preconditionFailure("the model in the executable is of the form that this engine reads")
    }
    return Tagger(model)
  }()

  /// What is found on `page` by the rules and the tagger together, and the places that they are unsure of.
  ///
  /// - Parameters:
  ///   - findings: what the rules found, in order and apart from each other.
  ///   - everything: what the rules found before overlaps were resolved.
  ///   - page: the page.
  ///   - doubt: the probabilities of belonging to an identifier at which a word is doubtful; nil when nobody asks.
  ///   - doubts: receives the doubtful words, in order, and those that rules found and the tagger speaks against.
  /// - Returns: findings in order and apart from each other.
  func revised(
    _ findings: [Finding], outOf everything: [Finding], on page: Page, unsureBetween doubt: ClosedRange<Float>?,
    into doubts: inout [Range<Int>]
  ) -> [Finding] {
    let reading = TaggerReading(page, findings)
    var judged = Judgement(of: page)
    var features = TaggerFeatures()
    var posterior = Posterior()
    var scores: [SIMD16<Float>] = []
    var leads: [Float] = []
    var marginals: [SIMD16<Float>] = []
    for run in reading.runs {
      features.read(run, of: reading, for: model)
      model.score(features.rows, into: &scores, leads: &leads)
      // A word that is outside whatever stands beside it ends one stretch and begins the next.
      var first: Int?
      for place in scores.indices {
        let isFar = leads[place] > TaggerModel.farOutside
        if isFar, first == nil { continue }
        let start = first ?? place
        first = start
        guard isFar || place == scores.count - 1 else { continue }
        posterior.read(scores, start..<place + 1, by: model.transitions, into: &marginals)
        for (word, tags) in zip((run.lowerBound + start)..., marginals) { judged.note(tags, at: word) }
        first = nil
      }
    }
    if let doubt { doubts = judged.doubts(between: doubt, findings) }
    let kept = judged.accepted(findings, outOf: everything, surerThan: veto)
    return (kept + judged.additions(to: kept, surerThan: threshold)).joined(on: page)
  }
}

/// How the words of a page were tagged.
private struct Judgement {
  private let page: Page
  private var words: PerWord<Tagged>

  /// How one word was tagged.
  private struct Tagged {
    /// How likely it is outside every identifier.
    var outside: Float = 1
    /// The class of identifier that it most likely belongs to.
    var tagClass: TagClass?
    /// Whether an identifier of the class begins with it.
    var begins = false
  }

  init(of page: Page) {
    self.page = page
    words = PerWord(repeating: Tagged(), count: page.words.count, outside: Tagged())
  }

  /// Notes how likely each tag is for the word at `index`.
  mutating func note(_ tags: SIMD16<Float>, at index: Int) {
    words[index].outside = tags[0]
    guard tags[0] < 0.95 else { return }
    var best: (TagClass, Float)?
    for each in TagClass.allCases {
      let begin = tags[Tag.begin(each).index]
      let likely = each == .description ? begin : begin + tags[Tag.inside(each).index]
      if likely > best?.1 ?? 0 { best = (each, likely) }
    }
    guard let best else { return }
    words[index].tagClass = best.0
    words[index].begins = tags[Tag.begin(best.0).index] > 0.5
  }

  /// The words whose probability of belonging to an identifier is in `doubt`, and those of findings that only context
  /// speaks for and the tagger holds for less likely than that.
  func doubts(between doubt: ClosedRange<Float>, _ findings: [Finding]) -> [Range<Int>] {
    var ruled = PerWord(repeating: false, count: page.words.count, outside: false)
    for finding in findings where finding.confidence < .certain {
      for index in page.indices(of: finding.range) where page.words[index].kind != .mark { ruled[index] = true }
    }
    return page.words.indices.filter { index in
      doubt.contains(1 - words[index].outside) || ruled[index] && 1 - words[index].outside < doubt.lowerBound
    }
    .map { page.words[$0].range }
  }

  /// `findings` without those that the tagger contradicts, in whose places comes back what they had covered.
  func accepted(_ findings: [Finding], outOf everything: [Finding], surerThan veto: Float) -> [Finding] {
    let rejected = findings.filter { rejects($0, surerThan: veto) }
    guard !rejected.isEmpty else { return findings }
    let covered = everything.filter { finding in
      let next = rejected.partitioningIndex { $0.range.upperBound > finding.range.lowerBound }
      return next < rejected.count && rejected[next].range.lowerBound <= finding.range.lowerBound
        && finding.range.upperBound <= rejected[next].range.upperBound
    }
    return (findings + covered).filter { !rejects($0, surerThan: veto) }.resolvingOverlaps(on: page)
  }

  /// Whether the tagger contradicts a finding that only context speaks for.
  ///
  /// What a label or the form itself tells is never dropped, and where form and context agree the tagger must be all
  /// but certain: whoever writes the text must not be able to talk an identifier away.
  func rejects(_ finding: Finding, surerThan veto: Float) -> Bool {
    guard finding.confidence < .certain else { return false }
    let veto = finding.confidence < .high ? veto : max(veto, 0.97)
    switch finding.identifier {
    case .name, .city, .county, .facility, .organization, .uniqueDescription, .street, .date, .otherNumber, .zipCode,
      .device, .accountNumber, .medicalRecordNumber, .healthPlanNumber, .licenseNumber, .vehicle, .biometric, .phone:
      for index in page.indices(of: finding.range) where page.words[index].kind != .mark {
        if words[index].outside < veto { return false }
      }
      return true
    default: return false
    }
  }

  /// What the tagger finds beside `findings`, which are in order.
  func additions(to findings: [Finding], surerThan threshold: Float) -> [Finding] {
    var additions: [Finding] = []
    var covered = PerWord(repeating: false, count: page.words.count, outside: false)
    for finding in findings {
      for index in page.indices(touching: finding.range) { covered[index] = true }
    }
    var index = 0
    while index < page.words.count {
      guard !covered[index], 1 - words[index].outside >= threshold, let tagClass = words[index].tagClass else {
        index += 1
        continue
      }
      var last = index
      while !covered[last + 1], 1 - words[last + 1].outside >= threshold, words[last + 1].tagClass == tagClass,
        !words[last + 1].begins || tagClass == .description
      { last += 1 }
      if let finding = finding(tagClass, from: index, through: last) { additions.append(finding) }
      index = last + 1
    }
    return additions
  }

  private func finding(_ tagClass: TagClass, from first: Int, through last: Int) -> Finding? {
    let range = page.trimmed(page.range(from: first, through: last))
    guard !range.isEmpty else { return nil }
    var likely: Float = 0
    for index in first...last { likely = max(likely, 1 - words[index].outside) }
    if isBareYear(range), likely < 0.95 { return nil }
    if tagClass == .place, isStateOrCountry(first...last) { return nil }
    let identifier = tagClass == .number && isAge(first...last) ? .ageOver89 : tagClass.identifier
    return Finding(
      identifier, at: range, confidence: Confidence(percent: UInt8(likely * 99)), by: "tagger")
  }
}

extension Judgement {
  /// Whether the words are one number from 90 to 125, in digits or in words.
  private func isAge(_ words: ClosedRange<Int>) -> Bool {
    if words.count == 1, let number = page.number(words.lowerBound) { return (90...125).contains(number) }
    return words.allSatisfy { page.words[$0].kind == .mark || page.words[$0].roles.contains(.cardinal) }
  }

  /// Whether every word is part of the name of a state or a country, which stays.
  private func isStateOrCountry(_ words: ClosedRange<Int>) -> Bool {
    words.allSatisfy { index in
      page.words[index].kind == .mark || page.senses[index].isState || page.senses[index].isCountry
    }
  }

  /// Whether `range` holds the four digits of a year and nothing else.
  private func isBareYear(_ range: Range<Int>) -> Bool {
    let digits = page.bytes[range]
    return digits.count == 4 && digits.allSatisfy(CharacterClass.isDigit)
      && (digits.starts(with: [0x31, 0x39]) || digits.starts(with: [0x32, 0x30]))
  }
}

extension [Finding] {
  /// The findings in order, those of one kind with nothing but a space between them made one.
  fileprivate func joined(on page: Page) -> [Finding] {
    var joined: [Finding] = []
    for finding in sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      if let last = joined.last, last.identifier == finding.identifier,
        last.detector == "tagger" || finding.detector == "tagger",
        finding.range.lowerBound - last.range.upperBound <= 1, finding.range.lowerBound >= last.range.upperBound,
        page.byte(at: last.range.upperBound) == 0x20 || finding.range.lowerBound == last.range.upperBound
      {
        joined[joined.count - 1].range = last.range.lowerBound..<finding.range.upperBound
      } else {
        joined.append(finding)
      }
    }
    return joined
  }
}
