import Policy

extension PolicyInForce {
  /// The policies that may allow more to whoever acts in a role no more, by their ids: those that forbid who acts in it, and
  /// those that permit who does not.
  package func lifted(without role: String) -> [String] {
    let uid = EntityUID(PolicyNames.role, Text(role))
    let groups = (entities[uid]?.ancestors ?? []).union([uid])
    return authorizer.statements.filter { $0.mayAllowMore(outside: groups) }.map(\.id.string).sorted()
  }

  /// The policies that removing a grant lifts: only a role has any.
  package func lifted(without grant: Grant) -> [String] {
    guard case .role(let name) = grant.access else { return [] }
    return lifted(without: name)
  }
}

extension [String] {
  /// Each between back-ticks, for a sentence.
  package var asNames: String { map { "`\($0)`" }.joined(separator: ", ") }
}
