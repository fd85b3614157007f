import Bytes
import Ledger
import Synchronization

/// Holds the requests that end against the objectives.
package final class ObjectiveWatch: Sendable {
  private struct State {
    var budgets: [ServiceObjective: ErrorBudget] = [:]
    var hasChanged = false
    var lastKept: Int64?
  }

  /// So often what was counted is written.
  private static let pause: Int64 = 10_000

  private let state = Mutex(State())

  /// Nothing was counted yet.
  package init() {}

  /// Counts a request that has ended, where one of the objectives is about it.
  func count(_ request: EndedRequest, for objectives: [ServiceObjective], at milliseconds: Int64) {
    state.withLock { state in
      for objective in objectives {
        guard let isGood = objective.judges(request) else { continue }
        state.budgets[objective.counted, default: ErrorBudget()].count(isGood, at: milliseconds, days: objective.days)
        state.hasChanged = true
      }
    }
  }

  /// The objectives whose budget is used up at a pace that people should hear of.
  func burning(_ objectives: [ServiceObjective], at milliseconds: Int64) -> [(ConfiguredName, ErrorBudget.Pace)] {
    state.withLock { state in
      objectives.compactMap { objective in
        state.budgets[objective.counted]?.pace(objective, at: milliseconds).map { (objective.id, $0) }
      }
    }
  }

  /// The samples, in the text exposition format of Prometheus.
  package func page(_ objectives: [ServiceObjective], at milliseconds: Int64) -> String {
    guard !objectives.isEmpty else { return "" }
    let budgets = state.withLock(\.budgets)
    let counted = objectives.map { ($0, budgets[$0.counted] ?? ErrorBudget()) }
    var page = MetricsPage()
    page.family("cordon_objective_requests", .gauge, "Requests within the days of an objective.") { family in
      for (objective, budget) in counted {
        let total = budget.total(at: milliseconds, days: objective.days)
        family.sample([("objective", objective.id.description), ("result", "good")], total.good)
        family.sample([("objective", objective.id.description), ("result", "bad")], total.bad)
      }
    }
    page.family("cordon_objective_target_ratio", .gauge, "Which part of the requests has to be good.") { family in
      for (objective, _) in counted {
        family.sample([("objective", objective.id.description)], ratio: Double(objective.target) / 1e6)
      }
    }
    page.family(
      "cordon_objective_budget_left_ratio", .gauge, "Which part of the error budget is left; below 0 it is overdrawn."
    ) { family in
      for (objective, budget) in counted {
        family.sample([("objective", objective.id.description)], ratio: budget.left(objective, at: milliseconds))
      }
    }
    page.family(
      "cordon_objective_burn_rate", .gauge, "How many times faster than evenly the error budget is used up."
    ) { family in
      for (objective, budget) in counted {
        for minutes: Int64 in [5, 30, 60, 360] {
          family.sample(
            [("objective", objective.id.description), ("minutes", String(minutes))],
            ratio: budget.rate(objective, over: minutes, at: milliseconds))
        }
      }
    }
    return page.text
  }
}

extension ServiceObjective {
  /// What is counted for it: with another target or other days it is the same.
  fileprivate var counted: ServiceObjective {
    var counted = self
    (counted.target, counted.days) = (0, 0)
    return counted
  }

  /// What is counted, in one word, for the file.
  fileprivate var identity: String {
    let kind =
      switch indicator {
      case .answered: "answered"
      case .within(let milliseconds, let measure): "\(measure.rawValue):\(milliseconds)"
      }
    return ([id.description, kind] + useCases.map(\.description)).joined(separator: "+")
  }
}

extension ObjectiveWatch {
  /// What is kept over a restart: the counts by the hour, without a name but the objectives' own; nil when nothing has
  /// changed since the last time, or that is not long ago and this is not the end.
  func kept(_ objectives: [ServiceObjective], at milliseconds: Int64, atEnd: Bool) -> [UInt8]? {
    let budgets: [ServiceObjective: ErrorBudget]? = state.withLock { state in
      let isRecent = state.lastKept.map { abs(milliseconds - $0) < Self.pause } ?? false
      guard state.hasChanged, atEnd || !isRecent else { return nil }
      (state.hasChanged, state.lastKept) = (false, milliseconds)
      return state.budgets
    }
    guard let budgets else { return nil }
    let members = objectives.compactMap { objective -> JSONMember? in
      guard let budget = budgets[objective.counted] else { return nil }
      let hours = budget.hours.map { hour -> JSONValue in
        .array([.number(String(hour.number)), .number(String(hour.good)), .number(String(hour.bad))])
      }
      return JSONMember(objective.identity, .array(hours))
    }
    let said: JSONValue = .object([JSONMember("v", .number("1")), JSONMember("hours", .object(members))])
    return said.bytes + [0x0A]
  }

  /// Has what could not be written be written the next time.
  func keepAgain() { state.withLock { $0.hasChanged = true } }

  /// Takes what was kept, for those of the objectives of which nothing was counted yet.
  package func take(_ content: [UInt8], for objectives: [ServiceObjective], at milliseconds: Int64) {
    let last = milliseconds / 3_600_000
    guard let said = try? JSONValue(parsing: content), said["v"]?.integer == 1, let hours = said["hours"] else {
      return
    }
    state.withLock { state in
      for objective in objectives where state.budgets[objective.counted] == nil {
        guard let kept = hours[objective.identity]?.array, kept.count <= objective.days * 24 else { continue }
        let slots = kept.compactMap { hour -> ErrorBudget.Slot? in
          let numbers = hour.array?.compactMap(\.integer) ?? []
          // What a file says that somebody has written is added up as well.
          guard numbers.count == 3, numbers.allSatisfy({ (0...1 << 40).contains($0) }), numbers[0] <= last else {
            return nil
          }
          return ErrorBudget.Slot(number: Int64(numbers[0]), good: numbers[1], bad: numbers[2])
        }
        state.budgets[objective.counted] = ErrorBudget(hours: slots)
      }
    }
  }
}
