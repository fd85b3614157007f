package import PHI

/// How many identifiers of each kind.
package struct IdentifierCounts: Hashable, Sendable {
  private var counts = [Int](repeating: 0, count: Identifier.allCases.count)

  /// None of any kind.
  package init() {}

  /// The number of one kind.
  package subscript(identifier: Identifier) -> Int {
    get { counts[Int(identifier.rawValue)] }
    set { counts[Int(identifier.rawValue)] = newValue }
  }

  /// The number of all kinds together.
  package var total: Int { counts.reduce(0, +) }

  /// The kinds that occur, in the order of the law, with their numbers.
  package var present: [(identifier: Identifier, count: Int)] {
    Identifier.allCases.map { ($0, self[$0]) }.filter { $0.1 > 0 }
  }

  /// Adds the numbers of `other`.
  package mutating func add(_ other: IdentifierCounts) {
    for place in counts.indices { counts[place] += other.counts[place] }
  }
}
