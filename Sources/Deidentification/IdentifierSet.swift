package import PHI

/// A set of kinds of identifiers, as bits.
package struct IdentifierSet: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The set of `identifiers`.
  package init(_ identifiers: some Sequence<Identifier>) {
    rawValue = identifiers.reduce(0) { $0 | 1 << UInt32($1.rawValue) }
  }

  /// Every kind.
  package static let all = IdentifierSet(Identifier.allCases)

  /// Whether `identifier` is in the set.
  package func contains(_ identifier: Identifier) -> Bool { rawValue & 1 << UInt32(identifier.rawValue) != 0 }

  /// Puts `identifier` in the set.
  package mutating func insert(_ identifier: Identifier) { self.formUnion(IdentifierSet([identifier])) }
}
