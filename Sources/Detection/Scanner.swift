public import PHI

/// Finds identifiers in text.
public struct Scanner: Sendable {
  private let detectors: [any Detector]
  private var tagger: Tagger?
  /// What is known of the people of the text.
  var known: KnownIdentifiers?
  /// The lists of the site.
  var site: SiteLists?

  /// A scanner with the standard detectors, which leave alone what `carveOuts` keeps, and the tagger of the executable.
  public init(carveOuts: CarveOuts = .safeHarbor) {
    self.init(carveOuts: carveOuts, tagger: .embedded)
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
  }

  /// The identifiers in `text`, which must be valid UTF-8: in order, apart from each other, as ranges of its bytes.
  public func findings(in text: [UInt8]) -> [Finding] {
    var memory = DocumentMemory()
    return findings(in: text, remembering: &memory)
  }

  /// The identifiers in `text`, a window of a document whose earlier windows `memory` has seen.
  public func findings(in text: [UInt8], remembering memory: inout DocumentMemory) -> [Finding] {
    let page: Page
    var findings: [Finding]
    (page, findings) = ruled(text)
    let (known, listed) = additions(on: page)
    findings = adding(known + listed, to: findings, on: page)
    if let tagger { findings = tagger.revised(findings, on: page) }
    findings = settled(findings, known, listed, on: page)
    memory.learn(findings, on: page)
    memory.recall(on: page, into: &findings)
    if site != nil { findings = settled(findings, known, [], on: page) }
    return page.inText(findings)
  }

  /// The page of `text`, and what the rules alone find on it.
  package func ruled(_ text: [UInt8]) -> (page: Page, findings: [Finding]) {
    let page = Page(text)
    var findings: [Finding] = []
    for detector in detectors { detector.scan(page, into: &findings) }
    findings = findings.resolvingOverlaps(on: page).droppingPlaceholders(on: page).droppingPublicCodes(on: page)
    return (page, findings)
  }
}
