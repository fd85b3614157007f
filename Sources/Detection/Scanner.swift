public import PHI

/// Finds identifiers in text.
public struct Scanner: Sendable {
  private let detectors: [any Detector]
  private var tagger: Tagger?
  /// What is known of the people of the text.
  var known: KnownIdentifiers?
  /// The lists of the site.
  var site: SiteLists?
  /// Who is asked beside the detectors and the tagger.
  var secondOpinion: SecondOpinion?
  /// What confidences are worth.
  private var scale = ConfidenceScale.standard

  /// A scanner with the standard detectors, which leave alone what `carveOuts` keeps, and the tagger of the executable.
  public init(carveOuts: CarveOuts = .safeHarbor) {
    self.init(carveOuts: carveOuts, tagger: Tagger.embedded)
  }

  /// A scanner with the standard detectors and this tagger, or none.
  package init(carveOuts: CarveOuts = .safeHarbor, tagger: Tagger?) {
    detectors = standardDetectors(keeping: carveOuts)
    self.tagger = tagger
    // Its model was taught Safe Harbor's carve-outs: where others hold, it adds to the rules and contradicts nothing.
    if !carveOuts.keepsAll { self.tagger?.veto = .infinity }
  }

  /// A scanner with these detectors only.
  package init(detectors: [any Detector]) {
    self.detectors = detectors
    tagger = nil
    scale = .identity
  }

  /// This scanner, saying confidences by another scale.
  package func weighing(by scale: ConfidenceScale) -> Scanner {
    var scanner = self
    scanner.scale = scale
    return scanner
  }

  /// The identifiers in `text`, which must be valid UTF-8: in order, apart from each other, as ranges of its bytes.
  public func findings(in text: [UInt8]) -> [Finding] {
    var memory = DocumentMemory()
    return findings(in: text, remembering: &memory)
  }

  /// The identifiers in `text`, a window of a document whose earlier windows `memory` has seen.
  ///
  /// When a second opinion fails, the whole text is one finding: none of it may leave.
  public func findings(in text: [UInt8], remembering memory: inout DocumentMemory) -> [Finding] {
    do throws(SecondOpinionFailure) {
      return try findingsOrFailure(in: text, remembering: &memory)
    } catch {
      return SecondOpinion.everything(in: text)
    }
  }

  /// The identifiers in `text`, a window of a document whose earlier windows `memory` has seen.
  ///
  /// - Throws: `SecondOpinionFailure` when the reader that this scanner is to ask fails.
  package func findingsOrFailure(
    in text: [UInt8], remembering memory: inout DocumentMemory
  ) throws(SecondOpinionFailure) -> [Finding] {
    var findings = try findingsAsWritten(in: text, remembering: &memory)
    let disguise = Disguise(text)
    if let disguise {
      let found = try findingsAsWritten(in: disguise.text, remembering: &memory)
      findings = findings.adding(found, at: found.map { disguise.origin.range(of: $0.range) })
    }
    if let shown = DisplayOrder(disguise?.text ?? text) {
      let found = try findingsAsWritten(in: shown.text, remembering: &memory)
      let places = found.map { shown.range(of: $0.range) }
      findings = findings.adding(found, at: disguise.map { places.map($0.origin.range(of:)) } ?? places)
    }
    return findings
  }

  /// The identifiers in `text` as it is written.
  private func findingsAsWritten(
    in text: [UInt8], remembering memory: inout DocumentMemory
  ) throws(SecondOpinionFailure) -> [Finding] {
    let page = Page(text)
    let everything = detected(on: page)
    var findings = resolved(everything, on: page)
    let (known, listed) = additions(on: page)
    findings = adding(known + listed, to: findings, on: page)
    var doubts: [Range<Int>] = []
    if let tagger {
      findings = tagger.revised(
        findings, outOf: everything, on: page, unsureBetween: secondOpinion?.doubt, into: &doubts
      )
      .droppingPlaceholders(on: page).droppingPublicCodes(on: page)
    }
    if let secondOpinion { findings = try secondOpinion.added(to: findings, doubting: doubts, on: page) }
    findings = settled(findings, known, listed, on: page)
    memory.learn(findings, on: page)
    memory.recall(on: page, into: &findings)
    if site != nil { findings = settled(findings, known, [], on: page) }
    return page.inText(findings.map { $0.detector == KnownIdentifiers.name ? $0 : scale.calibrated($0) })
  }

  /// The page of `text`, and what the rules alone find on it.
  package func ruled(_ text: [UInt8]) -> (page: Page, findings: [Finding]) {
    let page = Page(text)
    return (page, resolved(detected(on: page), on: page))
  }

  /// What each detector finds by itself.
  private func detected(on page: Page) -> [Finding] {
    var findings: [Finding] = []
    for detector in detectors { detector.scan(page, into: &findings) }
    return findings
  }

  private func resolved(_ findings: [Finding], on page: Page) -> [Finding] {
    findings.resolvingOverlaps(on: page).droppingPlaceholders(on: page).droppingPublicCodes(on: page)
  }
}
