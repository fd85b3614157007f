/// What was good and bad of the requests that an objective is about.
///
/// Counted by the minute for six hours, to see how fast the budget is used up, and by the hour for the objective's days,
/// to see how much of it is left.
struct ErrorBudget {
  /// Good and bad requests of one minute, or of one hour.
  struct Slot: Hashable {
    var number: Int64
    var good = 0
    var bad = 0
  }

  /// How fast the budget is used up: over a long time, so that it means something, and a short one, so that it is over
  /// when it is over (Beyer et al., "The Site Reliability Workbook", chapter 5, multiwindow multi-burn-rate alerts).
  enum Pace: String, CaseIterable {
    /// A fiftieth of the budget in an hour.
    case fast
    /// A twentieth of the budget in six hours.
    case slow

    fileprivate var minutes: (long: Int64, short: Int64) { self == .fast ? (60, 5) : (360, 30) }

    /// How many times faster than evenly over all days.
    ///
    /// A target of few requests is missed at its fastest while the pace is not reached: there it is when four of five go
    /// wrong.
    fileprivate func rate(_ objective: ServiceObjective) -> Double {
      let hours = Double(objective.days) * 24
      return min(self == .fast ? 0.02 * hours : 0.05 * hours / 6, 0.8 / objective.tolerance)
    }
  }

  /// Fewer requests than these in the long time say nothing.
  private static let fewest = 20
  private static let minutes: Int64 = 360

  private var recent: [Slot] = []
  /// The hours, oldest first.
  private(set) var hours: [Slot] = []

  init() {}

  /// What was counted by the hour before a restart.
  init(hours: [Slot]) { self.hours = hours.sorted { $0.number < $1.number } }

  /// Counts a request that ended at this moment, in milliseconds since the Unix epoch.
  mutating func count(_ isGood: Bool, at milliseconds: Int64, days: Int) {
    Self.add(isGood, to: &recent, milliseconds / 60_000, keeping: Self.minutes)
    Self.add(isGood, to: &hours, milliseconds / 3_600_000, keeping: Int64(days) * 24)
  }

  private static func add(_ isGood: Bool, to slots: inout [Slot], _ number: Int64, keeping count: Int64) {
    if let last = slots.last?.number, last > number {
      // The clock was set back: what lies ahead of it is of now, and is over when now is.
      let ahead = sum(slots, after: number)
      slots.removeAll { $0.number > number }
      if slots.last?.number != number { slots.append(Slot(number: number)) }
      slots[slots.count - 1].good += ahead.good
      slots[slots.count - 1].bad += ahead.bad
    } else if slots.last?.number != number {
      slots.removeAll { $0.number <= number - count }
      slots.append(Slot(number: number))
    }
    increment(&slots[slots.count - 1], isGood)
  }

  private static func increment(_ slot: inout Slot, _ isGood: Bool) {
    if isGood { slot.good += 1 } else { slot.bad += 1 }
  }

  private static func sum(_ slots: [Slot], after number: Int64) -> Slot {
    var sum = Slot(number: number)
    for slot in slots.reversed() {
      guard slot.number > number else { break }
      sum.good += slot.good
      sum.bad += slot.bad
    }
    return sum
  }

  /// All that counts at this moment.
  func total(at milliseconds: Int64, days: Int) -> Slot {
    Self.sum(hours, after: milliseconds / 3_600_000 - Int64(days) * 24)
  }

  /// Which part of the budget is left: 1 while all requests were good, less than 0 when the objective is missed.
  func left(_ objective: ServiceObjective, at milliseconds: Int64) -> Double {
    let total = total(at: milliseconds, days: objective.days)
    guard total.bad > 0 else { return 1 }
    return 1 - Double(total.bad) / (Double(total.good + total.bad) * objective.tolerance)
  }

  /// How many times faster than evenly it was used up in the last minutes.
  func rate(_ objective: ServiceObjective, over minutes: Int64, at milliseconds: Int64) -> Double {
    let sum = Self.sum(recent, after: milliseconds / 60_000 - minutes)
    guard sum.bad > 0 else { return 0 }
    return Double(sum.bad) / Double(sum.good + sum.bad) / objective.tolerance
  }

  /// At which pace it is used up that people should hear of; nil at none.
  func pace(_ objective: ServiceObjective, at milliseconds: Int64) -> Pace? {
    Pace.allCases.first { pace in
      let sum = Self.sum(recent, after: milliseconds / 60_000 - pace.minutes.long)
      let least = pace.rate(objective)
      return sum.good + sum.bad >= Self.fewest && rate(objective, over: pace.minutes.long, at: milliseconds) >= least
        && rate(objective, over: pace.minutes.short, at: milliseconds) >= least
    }
  }
}
