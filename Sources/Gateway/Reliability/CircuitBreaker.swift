/// Leaves a vendor in peace while most of what it is asked fails.
///
/// Closed, it lets everything through and counts over a window. When enough was asked and too much of it failed, it opens
/// for a rest; then one request at a time is let through to see: a success closes it, a failure opens it again.
/// Times are microseconds of any clock that never goes back.
package struct CircuitBreaker: Sendable {
  /// When it opens, and for how long.
  package struct Settings: Hashable, Sendable {
    /// The share of failures at which it opens, in percent.
    package var failurePercent = 50
    /// How much must have been asked within the window before it may open.
    package var requests = 50
    /// How far back it looks, in seconds.
    package var windowSeconds = 30
    /// How long it stays open, in seconds.
    package var restSeconds = 15

    /// The usual values.
    package init() {}
  }

  /// What it lets through.
  package enum Phase: String, CaseIterable, Sendable {
    case closed, open, halfOpen = "half_open"
  }

  /// What it says to a request.
  package enum Verdict: Hashable, Sendable {
    /// Go on; a `trial` decides whether the breaker closes.
    case pass(isTrial: Bool)
    /// Come back in so many microseconds.
    case rest(Int64)
  }

  private let settings: Settings
  private var window: [Slice]
  private var opened: Int64?
  private var isTrying = false

  private static let slices: Int64 = 10

  private struct Slice {
    var number: Int64 = -1
    var successes = 0
    var failures = 0
  }

  /// A closed breaker.
  package init(_ settings: Settings) {
    self.settings = settings
    window = [Slice](repeating: Slice(), count: Int(Self.slices))
  }

  /// What it lets through at that moment.
  package func phase(at now: Int64) -> Phase {
    guard let opened else { return .closed }
    return now - opened < rest ? .open : .halfOpen
  }

  /// What a request would be told, without counting it.
  package func verdict(at now: Int64) -> Verdict {
    guard let opened else { return .pass(isTrial: false) }
    let left = rest - (now - opened)
    if left > 0 { return .rest(left) }
    return isTrying ? .rest(1_000_000) : .pass(isTrial: true)
  }

  /// Lets a request through, or says when to come back.
  package mutating func enter(at now: Int64) -> Verdict {
    let verdict = verdict(at: now)
    if verdict == .pass(isTrial: true) { isTrying = true }
    return verdict
  }

  /// Takes in how a request ended that was let through; nil when that says nothing of the vendor.
  package mutating func leave(succeeded: Bool?, isTrial: Bool, at now: Int64) {
    if isTrial {
      isTrying = false
      switch succeeded {
      case true?: self = CircuitBreaker(settings)
      case false?: opened = now
      case nil: break
      }
      return
    }
    guard let succeeded, opened == nil else { return }
    count(succeeded, at: now)
    guard !succeeded else { return }
    let counted = recent(at: now)
    guard counted.all >= settings.requests, counted.failures * 100 >= settings.failurePercent * counted.all else {
      return
    }
    opened = now
  }

  private var rest: Int64 { Int64(settings.restSeconds) * 1_000_000 }

  private func slice(at now: Int64) -> Int64 { now * Self.slices / (Int64(settings.windowSeconds) * 1_000_000) }

  private mutating func count(_ succeeded: Bool, at now: Int64) {
    let number = slice(at: now)
    let place = Int(number % Self.slices)
    if window[place].number != number { window[place] = Slice(number: number) }
    if succeeded { window[place].successes += 1 } else { window[place].failures += 1 }
  }

  private func recent(at now: Int64) -> (all: Int, failures: Int) {
    let oldest = slice(at: now) - Self.slices
    return window.reduce(into: (0, 0)) { sum, slice in
      guard slice.number > oldest else { return }
      sum.0 += slice.successes + slice.failures
      sum.1 += slice.failures
    }
  }
}
