/// Finds the policies whose scope can be about an action.
struct ActionIndex: Sendable {
  private var always: [Int32] = []
  private var equal: [EntityUID: [Int32]] = [:]
  private var below: [EntityUID: [Int32]] = [:]

  init(_ scopes: [ActionScope]) {
    for (place, scope) in scopes.enumerated() {
      switch scope {
      case .any: always.append(Int32(place))
      case .equal(let uid): equal[uid, default: []].append(Int32(place))
      case .isIn(let uids): for uid in Set(uids) { below[uid, default: []].append(Int32(place)) }
      }
    }
  }

  /// Calls `body` once for each policy about `action`, in no particular order.
  func forEachCandidate(_ action: EntityUID, _ ancestors: Set<EntityUID>, _ body: (Int32) -> Void) {
    for place in always { body(place) }
    for place in equal[action] ?? [] { body(place) }
    guard !ancestors.isEmpty else {
      for place in below[action] ?? [] { body(place) }
      return
    }
    // A policy that names several groups of the action would be met once for each.
    var met = Set<Int32>()
    for uid in ancestors.union([action]) {
      for place in below[uid] ?? [] where met.insert(place).inserted { body(place) }
    }
  }
}
