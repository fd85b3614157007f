/// Finds the policies whose scope can be about a request, by its action and by the groups of principal and resource.
struct ScopeIndex: Sendable {
  private var always = Bucket()
  private var equal: [EntityUID: Bucket] = [:]
  private var below: [EntityUID: Bucket] = [:]

  init(_ statements: [Statement]) {
    for (place, statement) in statements.enumerated() {
      switch statement.action {
      case .any: always.add(statement, Int32(place))
      case .equal(let uid): equal[uid, default: Bucket()].add(statement, Int32(place))
      case .isIn(let uids): for uid in Set(uids) { below[uid, default: Bucket()].add(statement, Int32(place)) }
      }
    }
  }

  /// The places of the policies that can be about the request, in their order.
  func candidates(_ evaluator: borrowing Evaluator) -> [Int32] {
    var places: [Int32] = []
    let action = evaluator.request.action
    always.collect(evaluator, into: &places)
    equal[action]?.collect(evaluator, into: &places)
    if !below.isEmpty {
      below[action]?.collect(evaluator, into: &places)
      for uid in evaluator.entities[action]?.ancestors ?? [] { below[uid]?.collect(evaluator, into: &places) }
    }
    places.sort()
    // A policy that names several groups of the action was met once for each.
    var last: Int32 = -1
    places.removeAll { place in
      defer { last = place }
      return place == last
    }
    return places
  }

  /// The policies about one action or group of actions.
  private struct Bucket: Sendable {
    var free: [Int32] = []
    var byPrincipal: [EntityUID: [Int32]] = [:]
    var byResource: [EntityUID: [Int32]] = [:]

    mutating func add(_ statement: Statement, _ place: Int32) {
      if let uid = statement.principal.entity {
        byPrincipal[uid, default: []].append(place)
      } else if let uid = statement.resource.entity {
        byResource[uid, default: []].append(place)
      } else {
        free.append(place)
      }
    }

    func collect(_ evaluator: borrowing Evaluator, into places: inout [Int32]) {
      places.append(contentsOf: free)
      if !byPrincipal.isEmpty { Bucket.collect(byPrincipal, evaluator.request.principal, evaluator.principal, &places) }
      if !byResource.isEmpty { Bucket.collect(byResource, evaluator.request.resource, evaluator.resource, &places) }
    }

    private static func collect(
      _ groups: [EntityUID: [Int32]], _ uid: EntityUID, _ entity: Entity?, _ places: inout [Int32]
    ) {
      if let found = groups[uid] { places.append(contentsOf: found) }
      guard let entity else { return }
      for uid in entity.ancestors { if let found = groups[uid] { places.append(contentsOf: found) } }
    }
  }
}

extension Scope {
  /// The entity that it asks to be or to be in.
  fileprivate var entity: EntityUID? {
    switch self {
    case .equal(.entity(let uid)), .isIn(.entity(let uid)), .isTypeIn(_, .entity(let uid)): uid
    case .any, .isType, .equal(.slot), .isIn(.slot), .isTypeIn(_, .slot): nil
    }
  }
}
