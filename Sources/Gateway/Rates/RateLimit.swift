package import Ledger

/// How much may be asked for in a time, by each caller, user or use case, or of each vendor.
///
/// Each of them has buckets of its own: what was used runs off evenly, so that after a burst of all that is allowed
/// the next comes when its share of the time is over.
package struct RateLimit: Hashable, Sendable {
  /// Who has a bucket.
  package enum Scope: String, Hashable, Sendable, CaseIterable {
    case caller
    case user
    case useCase = "use_case"
    case vendor
  }

  /// What is counted.
  package enum Measure: String, Hashable, Sendable, CaseIterable {
    case requests
    /// Tokens of models, of prompts and of answers.
    case tokens
    /// Patients whom requests name; the same one counts once in the time.
    case patients
  }

  /// Who has a bucket.
  package var scope: Scope
  /// Only these of them; empty for all.
  package var only: [ConfiguredName] = []
  /// How much of each measure there is in the time.
  package var amounts: [Measure: Int]
  /// The time.
  package var seconds: Int

  /// A limit of these amounts in so many seconds.
  package init(_ scope: Scope, _ amounts: [Measure: Int], seconds: Int) {
    (self.scope, self.amounts, self.seconds) = (scope, amounts, seconds)
  }

  /// What tells it from other limits: how much it allows may change, and what was used stays used.
  var identity: String { "\(scope.rawValue)\(only.map { "+\($0)" }.joined()) in \(seconds)s" }

  /// How much it allows, such as `requests:60,tokens:9000/60s`.
  var allowance: String {
    let parts = Measure.allCases.compactMap { measure in amounts[measure].map { "\(measure.rawValue):\($0)" } }
    return "\(parts.joined(separator: "+"))/\(seconds)s"
  }

  /// Whether one of this name has a bucket.
  func holds(_ name: ConfiguredName) -> Bool { only.isEmpty || only.contains(name) }
}

extension RateLimit {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("per", "only", "requests", "tokens", "patients", "seconds")
    let per = try members.required("per")
    guard let scope = Scope(rawValue: try per.text()) else {
      throw per.error(.wrongForm(expected: "`caller`, `user`, `use_case` or `vendor`"))
    }
    self.scope = scope
    amounts = [:]
    for measure in Measure.allCases {
      if let amount = members[measure.rawValue] { amounts[measure] = try amount.integer(in: 1...1_000_000_000) }
    }
    guard !amounts.isEmpty else {
      throw node.error(.wrongForm(expected: "a limit of `requests`, `tokens` or `patients`"))
    }
    seconds = try members["seconds"]?.integer(in: 1...86_400) ?? 60
    guard let only = members["only"] else { return }
    guard scope != .user else { throw only.error(.wrongForm(expected: "left out: users are in no configuration")) }
    for element in try only.elements() {
      let name: ConfiguredID<RateLimit> = try element.id()
      self.only.append(name.recorded)
    }
    self.only = Array(Set(self.only)).sorted { $0.description < $1.description }
    guard !self.only.isEmpty else { throw only.error(.wrongForm(expected: "at least one name")) }
  }

  /// The limits of a configuration whose callers, use cases and vendors are known.
  static func list(
    _ node: ConfigurationNode?, in configuration: Configuration
  ) throws(ConfigurationError) -> [RateLimit] {
    var limits: [RateLimit] = []
    for place in try node?.elements() ?? [] {
      let limit = try RateLimit(place)
      guard !limits.contains(where: { $0.identity == limit.identity }) else { throw place.error(.duplicate) }
      let known: Set<ConfiguredName> =
        switch limit.scope {
        case .caller: Set(configuration.callers.map(\.id.recorded))
        case .useCase: Set(configuration.useCases.map(\.id.recorded))
        case .vendor: Set(configuration.vendors.map(\.id.recorded))
        case .user: []
        }
      guard known.isSuperset(of: limit.only) else {
        throw place.error(.unknownReference(to: limit.scope.rawValue.replacing("_", with: " ")))
      }
      limits.append(limit)
    }
    return limits
  }
}
