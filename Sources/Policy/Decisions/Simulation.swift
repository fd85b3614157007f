/// What would change if other policies were in force.
package struct Simulation: Hashable, Sendable {
  /// A request that would be decided otherwise.
  package struct Change: Hashable, Sendable {
    /// Its place among the requests.
    package var index: Int
    /// The decision in force.
    package var before: Decision
    /// The decision that would be.
    package var after: Decision
  }

  /// How many requests were decided.
  package private(set) var requests = 0
  /// The requests that would be allowed and are denied now.
  package private(set) var gained: [Change] = []
  /// The requests that would be denied and are allowed now.
  package private(set) var lost: [Change] = []
  /// The requests with the same decision for other reasons.
  package private(set) var otherwiseReasoned: [Change] = []

  /// Decides every request by both sets of policies.
  package init(
    _ requests: some Sequence<AccessRequest>, from current: Authorizer, to proposed: Authorizer, _ entities: Entities
  ) {
    for request in requests {
      let (before, after) = (current.decide(request, entities), proposed.decide(request, entities))
      let change = Change(index: self.requests, before: before, after: after)
      if !before.isAllowed, after.isAllowed { gained.append(change) }
      if before.isAllowed, !after.isAllowed { lost.append(change) }
      if before.isAllowed == after.isAllowed, before != after { otherwiseReasoned.append(change) }
      self.requests += 1
    }
  }
}
