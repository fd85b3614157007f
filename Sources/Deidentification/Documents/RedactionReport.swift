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
  /// How many identifiers of each kind were replaced.
  package var counts: IdentifierCounts

  /// A report on work done by `profile`.
  package init(_ profile: Profile, counts: IdentifierCounts = IdentifierCounts()) {
    self.profile = profile.name
    rule = profile.rule
    zipPrefixes = profile.zipPrefixes
    reference = profile.reference
    self.counts = counts
  }
}
