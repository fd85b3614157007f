import Bytes
package import Ledger

/// A service level objective: which part of the requests has to be answered, or answered in time.
///
/// What may go wrong without breaking it is its error budget (Beyer et al., "Site Reliability Engineering", chapter 4). It
/// rolls: what happened `days` ago no longer counts.
package struct ServiceObjective: Hashable, Sendable {
  /// What makes a request a good one.
  package enum Indicator: Hashable, Sendable {
    /// It was answered: neither the vendor nor the gateway failed.
    case answered
    /// It was answered, and this took no longer.
    case within(milliseconds: Int, of: Measure)
  }

  /// Which time is measured.
  package enum Measure: String, Hashable, Sendable, CaseIterable {
    /// From the request to the end of the answer.
    case total
    /// Up to the first byte of the answer, whole or streamed.
    case firstByte = "first_byte"
    /// The total without the time that the vendor took: what the gateway adds.
    case added
  }

  /// Its name.
  package var id: ConfiguredName
  /// Which requests it is about; empty for all.
  package var useCases: [ConfiguredName] = []
  package var indicator: Indicator
  /// How many of a million requests have to be good: fewer than all.
  package var target: Int
  /// Over how many days.
  package var days: Int

  /// An objective.
  package init(_ id: ConfiguredName, _ indicator: Indicator, target: Int, days: Int = 28) {
    (self.id, self.indicator, self.target, self.days) = (id, indicator, target, days)
  }

  /// Which part of the requests may go wrong.
  var tolerance: Double { Double(1_000_000 - target) / 1e6 }

  /// Whether a request that ended so is a good one; nil when it does not count.
  ///
  /// A refusal by a rule is what was wanted, a mistake of the client's is nobody's failure, and who went away before the
  /// end measured nothing.
  func judges(_ request: EndedRequest) -> Bool? {
    guard useCases.isEmpty || request.useCase.map(useCases.contains) == true else { return nil }
    switch request.outcome {
    case .completed: break
    case .logUnavailable: return false
    case .vendorFailed: return [400, 404, 413, 422].contains(request.status) ? nil : false
    case .withheld: return request.isByRule || request.status == 403 ? nil : false
    case .refused, .rejected: return request.isByRule || request.status < 500 ? nil : false
    case .unauthenticated, .clientDisconnected: return nil
    }
    guard case .within(let milliseconds, let measure) = indicator else { return true }
    let microseconds =
      switch measure {
      case .total: request.total
      case .firstByte: request.firstByte
      case .added: request.own
      }
    return microseconds <= milliseconds * 1_000
  }
}

extension ServiceObjective {
  private static let most = 32

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("id", "use_cases", "target", "within_ms", "measure", "days")
    let id: ConfiguredID<ServiceObjective> = try members.required("id").id()
    let target = try Self.parts(members.required("target"))
    let days = try members["days"]?.integer(in: 1...90) ?? 28
    var indicator = Indicator.answered
    if let place = members["within_ms"] {
      let text = try members["measure"]?.text() ?? Measure.total.rawValue
      guard let measure = Measure(rawValue: text) else {
        throw (members["measure"] ?? place).error(.wrongForm(expected: "`total`, `first_byte` or `added`"))
      }
      indicator = .within(milliseconds: try place.integer(in: 1...3_600_000), of: measure)
    } else if let measure = members["measure"] {
      throw measure.error(.wrongForm(expected: "left out where there is no `within_ms`"))
    }
    self.init(id.recorded, indicator, target: target, days: days)
    for element in try members["use_cases"]?.elements() ?? [] {
      let name: ConfiguredID<ServiceObjective> = try element.id()
      guard !useCases.contains(name.recorded) else { throw element.error(.duplicate) }
      useCases.append(name.recorded)
    }
  }

  /// Parts of a million, from a percentage with at most three decimals.
  private static func parts(_ node: ConfigurationNode) throws(ConfigurationError) -> Int {
    let text = try node.text()
    let halves = text.split(separator: ".", omittingEmptySubsequences: false)
    let decimals = halves.count == 2 ? String(halves[1]) : "0"
    guard halves.count <= 2, text.utf8.allSatisfy({ ASCII.isDigit($0) || $0 == 0x2E }),
      let whole = Int(halves[0]), (1...99).contains(whole), (1...3).contains(decimals.utf8.count),
      let thousandths = Int(decimals + String(repeating: "0", count: 3 - decimals.utf8.count))
    else { throw node.error(.wrongForm(expected: "a percentage from 1 to 99.999, such as 99.5")) }
    return whole * 10_000 + thousandths * 10
  }

  /// The objectives of a configuration whose use cases are known.
  static func list(
    _ node: ConfigurationNode?, in configuration: Configuration
  ) throws(ConfigurationError) -> [ServiceObjective] {
    let places = try node?.elements() ?? []
    if let node, places.count > most { throw node.error(.wrongForm(expected: "at most \(most) objectives")) }
    let known = Set(configuration.useCases.map(\.id.recorded))
    var objectives: [ServiceObjective] = []
    for place in places {
      let objective = try ServiceObjective(place)
      guard !objectives.contains(where: { $0.id == objective.id }) else { throw place.error(.duplicate) }
      guard known.isSuperset(of: objective.useCases) else { throw place.error(.unknownReference(to: "use case")) }
      objectives.append(objective)
    }
    return objectives
  }
}
