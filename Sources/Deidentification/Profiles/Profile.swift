package import Detection
package import PHI

/// A named way to de-identify: which method each kind of identifier gets, and by which tables.
package struct Profile: Sendable {
  /// The name of a profile in commands and reports.
  package enum Name: String, CaseIterable, Sendable {
    /// All eighteen identifiers removed as 45 CFR 164.514(b)(2) asks.
    case safeHarbor = "safe-harbor"
    /// The sixteen direct identifiers removed as 45 CFR 164.514(e)(2) asks; for those who signed an agreement.
    case limitedDataSet = "limited-data-set"
    /// As an expert determined by 45 CFR 164.514(b)(1).
    case expert
    /// For screens inside the covered entity: still protected health information.
    case internalDisplay = "internal-display"
  }

  /// What becomes of a wish for a profile, or for a change to one.
  package enum Amendment: Sendable {
    /// The profile as wished.
    case accepted(Profile)
    /// Why not.
    case refused(ProfileRefusal)
  }

  /// Its name.
  package let name: Name
  /// The version of the rule that it follows.
  package let rule: SafeHarborRule
  /// The census table that it reads.
  package let zipPrefixes: ZipPrefixTable
  /// The day as of which ages are reckoned.
  package let reference: CalendarDate
  /// The agreement or determination that it rests on, if it needs one.
  package let basis: ProfileBasis
  private var methods: [Method]
  private var transforms: [any Transform]

  init(_ name: Name, basis: ProfileBasis = .none, asOf reference: CalendarDate, _ method: (Identifier) -> Method) {
    self.name = name
    self.basis = basis
    self.reference = reference
    rule = .current
    zipPrefixes = .census2020
    methods = Identifier.allCases.map(method)
    transforms = []
    transforms = methods.map { transform(for: $0, keys: nil) ?? Placeholder() }
  }

  /// The method that a kind of identifier gets.
  package func method(for identifier: Identifier) -> Method { methods[Int(identifier.rawValue)] }

  /// The transform that carries out the method for a kind of identifier.
  package func transform(for identifier: Identifier) -> any Transform { transforms[Int(identifier.rawValue)] }

  /// What detection need not find, because the profile lets it stay.
  package var carveOuts: CarveOuts {
    var carveOuts = CarveOuts.safeHarbor(asOf: reference)
    if case .ageBand = method(for: .ageOver89) { carveOuts.keepsAgesUnder90 = false }
    return carveOuts
  }

  /// Whether mentions of one person have to be linked.
  var linksPeople: Bool { method(for: .name).linksPeople }

  /// This profile with another method for some kinds of identifiers, or why it cannot have it.
  package func applying(
    _ method: Method, to identifiers: IdentifierSet, keys: ProfileKeys? = nil
  ) -> Amendment {
    var amended = self
    for identifier in Identifier.allCases where identifiers.contains(identifier) {
      if let refusal = refusal(of: method, for: identifier) { return .refused(refusal) }
      guard let transform = transform(for: method, keys: keys) else {
        return .refused(lack(of: method, keys))
      }
      amended.methods[Int(identifier.rawValue)] = method
      amended.transforms[Int(identifier.rawValue)] = transform
    }
    return .accepted(amended)
  }

  /// This profile with a mask for some kinds of identifiers, or why it cannot have it.
  package func masking(_ identifiers: IdentifierSet, with mask: Mask) -> Amendment {
    applying(.mask(mask.style), to: identifiers)
  }

  private func lack(of method: Method, _ keys: ProfileKeys?) -> ProfileRefusal {
    if method == .randomToken { return .withoutCodebook(method) }
    return method.isPerPatient && keys?.project != nil ? .withoutPatient(method) : .withoutKey(method)
  }

  /// What carries out a method; nil without the keys that it needs.
  private func transform(for method: Method, keys: ProfileKeys?) -> (any Transform)? {
    switch method {
    case .keep: Kept()
    case .placeholder: Placeholder()
    case .mask(let style): Mask(style)
    case .year: YearOfDate(rule: rule, asOf: reference)
    case .month: MonthOfDate(rule: rule, asOf: reference)
    case .ageOver89: AgeCategory(rule: rule)
    case .ageBand(let width): AgeBand(width: width, rule: rule)
    case .zipPrefix: ZipPrefix(rule: rule, table: zipPrefixes)
    case .shift(let keepsWeekdays):
      keys?.patient.map { DateShift(of: $0, keepingWeekdays: keepsWeekdays, rule: rule, asOf: reference) }
    case .randomToken: keys?.codebook.map { RandomToken($0, asOf: reference) }
    case .formatPreserving: keys?.project.map { FormatPreserving($0) }
    case .linkableToken: keys?.project.map { LinkableToken($0, asOf: reference) }
    case .surrogate:
      keys?.patient.map { Surrogate(of: $0, rule: rule, zipPrefixes: zipPrefixes, asOf: reference) }
    }
  }
}
