import Glibc

/// Tells the seconds since it was last asked.
struct Stopwatch {
  /// Whose seconds.
  enum Clock {
    /// The processor's, spent on this process: what others do on the machine does not count.
    case processor
    /// Those of the wall, waiting included.
    case wall

    fileprivate var seconds: Double {
      var time = timespec()
      _ = unsafe clock_gettime(self == .processor ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
  }

  private let clock: Clock
  private var last: Double

  init(_ clock: Clock) {
    self.clock = clock
    last = clock.seconds
  }

  mutating func lap() -> Double {
    let now = clock.seconds
    defer { last = now }
    return max(now - last, 1e-9)
  }
}
