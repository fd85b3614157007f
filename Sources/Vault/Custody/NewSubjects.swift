/// How many more subjects each caller may have made: so many at once, and as many again in a day.
///
/// It lives in memory: who can restart the process is no caller.
struct NewSubjects {
  private let interval: Int64
  /// For each caller, when nothing of what it had made will count any more (ITU-T I.371, the virtual scheduling
  /// algorithm).
  private var settled: [String: Int64] = [:]

  /// With no number, there is no bound.
  init(perDay: Int64?) { interval = perDay.map { Moment.day / max(1, min($0, Moment.day)) } ?? 0 }

  /// Counts one more; false when the caller has had its number.
  mutating func take(_ caller: String, at now: Moment) -> Bool {
    guard interval > 0 else { return true }
    // A clock that went back locks nobody out for longer than a day.
    let counted = min(max(settled[caller] ?? 0, now.milliseconds), now.milliseconds + Moment.day)
    let isTaken = counted + interval - now.milliseconds <= Moment.day
    settled[caller] = isTaken ? counted + interval : counted
    return isTaken
  }
}
