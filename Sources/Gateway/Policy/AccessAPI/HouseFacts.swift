import Policy

/// What the configuration makes of routes, models, vendors and tools.
///
/// What covers a vendor hangs on what it is used for: a question about a route or a tool has the vendor as that has it for what
/// is to be done, and any other what holds of all of its uses.
struct HouseFacts {
  private var all: [EntityUID: Entity] = [:]
  private var own: [Use: [EntityUID: Entity]] = [:]

  /// Something, and what is to be done with it.
  private struct Use: Hashable {
    let resource: EntityUID
    /// Nil for everything that has no coverage of its own.
    let action: EntityUID?
  }

  /// Takes what a request of the gateway's own would tell of its resource, and of what that is in.
  ///
  /// - Parameters:
  ///   - question: the request.
  ///   - isUsual: whether what it has done is what is done most with it, and so stands for what has no coverage of its own.
  mutating func take(_ question: PolicyQuestion, isUsual: Bool) {
    let use = Use(resource: question.request.resource, action: isUsual ? nil : question.request.action)
    for entity in question.entities where entity.uid != question.request.principal {
      all[entity.uid] = all[entity.uid]?.joined(with: entity) ?? entity
      own[use, default: [:]][entity.uid] = own[use]?[entity.uid]?.joined(with: entity) ?? entity
    }
  }

  /// Everything of which something is known.
  var names: Set<EntityUID> { Set(all.keys) }

  /// Everything, as it is where this is to be done with this resource.
  func entities(for resource: EntityUID, _ action: EntityUID) -> [EntityUID: Entity] {
    let known = own[Use(resource: resource, action: action)] ?? own[Use(resource: resource, action: nil)]
    return known.map { all.merging($0) { $1 } } ?? all
  }
}

extension Entity {
  /// What holds in this use and in another: covered where both are, trained on where either is, approved where both are.
  fileprivate func joined(with other: Entity) -> Entity {
    var attributes = attributes.merging(other.attributes) { own, _ in own }
    func join(_ name: Text, _ joined: (Bool, Bool) -> Bool) {
      guard case .bool(let one)? = self.attributes[name], case .bool(let another)? = other.attributes[name]
      else { return }
      attributes[name] = .bool(joined(one, another))
    }
    join(PolicyNames.agreement) { $0 && $1 }
    join(PolicyNames.trainsOnInput) { $0 || $1 }
    if self.attributes[PolicyNames.approval] == nil || other.attributes[PolicyNames.approval] == nil {
      attributes[PolicyNames.approval] = nil
    }
    return Entity(uid, attributes: attributes, tags: tags, ancestors: ancestors.union(other.ancestors))
  }
}
