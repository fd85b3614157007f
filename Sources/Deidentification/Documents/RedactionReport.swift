package import PHI

/// What was done to one or more documents, and by which tables: counts and versions, never text.
package struct RedactionReport: Hashable, Sendable {
  /// The name of the profile.
  package let profile: Profile.Name
  /// The rule and its version.
  package let rule: SafeHarborRule
  /// The census table.
  package let zipPrefixes: ZipPrefixTable
  /// The day as of which ages were reckoned.
  package let reference: CalendarDate
  /// The agreement or determination that the profile rests on.
  package let basis: ProfileBasis
  /// What was done with each kind of identifier, in the order of the law.
  package let methods: [Method]
  /// What may still lead to a person.
  package let risks: [ResidualRisk]
  /// How many identifiers of each kind were found.
  package var counts: IdentifierCounts

  /// A report on work done by `profile`.
  package init(_ profile: Profile, counts: IdentifierCounts = IdentifierCounts()) {
    self.profile = profile.name
    rule = profile.rule
    zipPrefixes = profile.zipPrefixes
    reference = profile.reference
    basis = profile.basis
    methods = Identifier.allCases.map { profile.method(for: $0) }
    risks = ResidualRisk.left(by: profile)
    self.counts = counts
  }

  /// The method that the identifiers of one kind got.
  package func method(for identifier: Identifier) -> Method { methods[Int(identifier.rawValue)] }
}
