/// Sees when the times of entries go back, or ahead of the time that has passed.
///
/// A clock that stands still or runs late is not told: entries wait for what they record, and come late themselves.
struct ClockWatch {
  private let limit: Int64
  /// The latest time in the log, in milliseconds.
  private var latest: Int64?
  /// When that was, by the clock that nobody sets; nil when it was before the log was opened.
  private var moment: ContinuousClock.Instant?

  /// Watches entries that follow one of the time `last`.
  init(after last: Timestamp?, limit: Duration) {
    self.limit = Int64(limit / .milliseconds(1))
    latest = last?.milliseconds
  }

  /// By how many milliseconds the clock was stepped before it said `time`; nil when it was not.
  mutating func step(at time: Timestamp) -> Int? {
    let time = time.milliseconds
    guard let before = latest else {
      (latest, moment) = (time, .now)
      return nil
    }
    // Most entries of a batch come at the time of the one before.
    guard time < before || time > before + limit else {
      if time > before { (latest, moment) = (time, .now) }
      return nil
    }
    let now = ContinuousClock.now
    let expected = moment.map { before + Int64($0.duration(to: now) / .milliseconds(1)) }
    // While the log was closed any time may have passed, but none backwards.
    let isStep = time < before - limit || expected.map { time > $0 + limit } == true
    guard isStep || time > before else { return nil }
    (latest, moment) = (time, now)
    return isStep ? Int(time - (expected ?? before)) : nil
  }
}
