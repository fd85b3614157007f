import PHI

extension Scanner {
  /// A scanner with the standard detectors that also finds what a caller knows and what a site lists.
  package init(
    carveOuts: CarveOuts = .safeHarbor, known: KnownIdentifiers? = nil, site: SiteLists? = nil
  ) {
    self.init(carveOuts: carveOuts)
    self.known = known
    self.site = site
  }

  /// The same scanner, which also finds what is known of the people of one text.
  package func knowing(_ known: KnownIdentifiers?) -> Scanner {
    var scanner = self
    scanner.known = known
    return scanner
  }

  /// The same scanner, which also finds what a site lists and leaves what it keeps.
  package func listing(_ site: SiteLists?) -> Scanner {
    var scanner = self
    scanner.site = site
    return scanner
  }

  /// `findings`, which are in order and apart from each other, with what is known and listed.
  func adding(_ additions: [Finding], to findings: [Finding], on page: Page) -> [Finding] {
    additions.isEmpty ? findings : (additions + findings).resolvingOverlaps(on: page)
  }

  /// What the site's lists and the caller's knowledge find on `page`.
  func additions(on page: Page) -> (known: [Finding], listed: [Finding]) {
    var known: [Finding] = []
    var listed: [Finding] = []
    self.known?.scan(page, into: &known)
    site?.scan(page, into: &listed)
    return (known.droppingPlaceholders(on: page), listed.droppingPlaceholders(on: page))
  }

  /// `findings` with what the site lists, without what it wants kept, and with what is known, which always stays.
  func settled(_ findings: [Finding], _ known: [Finding], _ listed: [Finding], on page: Page) -> [Finding] {
    let all = adding(listed, to: findings, on: page)
    return adding(known, to: site?.dropping(all, on: page) ?? all, on: page)
  }
}
