extension PolicySet {
  /// The set with each policy and template named by its `@id`, where it has one.
  ///
  /// Two of the same name are refused.
  package func namedByAnnotation() throws(PolicyError) -> PolicySet {
    var copy = self
    for index in copy.policies.indices { copy.policies[index].nameByAnnotation() }
    for index in copy.templates.indices { copy.templates[index].nameByAnnotation() }
    var ids = Set<Text>()
    for statement in copy.policies + copy.templates {
      guard ids.insert(statement.id).inserted else { throw PolicyError(.duplicatePolicy, named: statement.id) }
    }
    return copy
  }

  /// What another set has more, less, or otherwise, by the policies' ids.
  package func difference(to other: PolicySet) -> Difference {
    let (mine, theirs) = (byID, other.byID)
    return Difference(
      added: theirs.keys.filter { mine[$0] == nil }.sorted(), removed: mine.keys.filter { theirs[$0] == nil }.sorted(),
      changed: mine.keys.filter { theirs[$0] != nil && theirs[$0] != mine[$0] }.sorted())
  }

  /// How one set of policies differs from another.
  package struct Difference: Hashable, Sendable {
    /// The policies that only the other has.
    package var added: [Text]
    /// The policies that only this one has.
    package var removed: [Text]
    /// The policies that both have, but not alike.
    package var changed: [Text]
  }

  /// The policies and templates by what they are called.
  package var byID: [Text: Statement] {
    Dictionary((policies + templates).map { ($0.id, $0) }) { first, _ in first }
  }
}

extension Statement {
  fileprivate mutating func nameByAnnotation() {
    if let name = annotation("id"), !name.string.isEmpty { id = name }
  }
}
