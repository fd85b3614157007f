import Gateway
import TestKit
import Testing

struct CircuitBreakerTests {
  private static let second: Int64 = 1_000_000

  private static func breaker(_ requests: Int = 10) -> CircuitBreaker {
    var settings = CircuitBreaker.Settings()
    settings.requests = requests
    return CircuitBreaker(settings)
  }

  private static func fail(_ breaker: inout CircuitBreaker, _ count: Int, at now: Int64) {
    for _ in 0..<count {
      _ = breaker.enter(at: now)
      breaker.leave(succeeded: false, isTrial: false, at: now)
    }
  }

  @Test func `stays closed below its number of requests and below its share of failures`() {
    var breaker = Self.breaker()
    Self.fail(&breaker, 9, at: 0)
    #expect(breaker.phase(at: 0) == .closed)
    breaker.leave(succeeded: nil, isTrial: false, at: 0)
    for _ in 0..<10 { breaker.leave(succeeded: true, isTrial: false, at: 0) }
    #expect(breaker.phase(at: 0) == .closed)
  }

  @Test func `forgets what lies behind its window`() {
    var breaker = Self.breaker()
    Self.fail(&breaker, 9, at: 0)
    Self.fail(&breaker, 9, at: 31 * Self.second)
    #expect(breaker.phase(at: 31 * Self.second) == .closed)
    Self.fail(&breaker, 1, at: 32 * Self.second)
    #expect(breaker.phase(at: 32 * Self.second) == .open)
  }

  @Test func `opens, rests, tries one request at a time, and closes on success`() {
    var breaker = Self.breaker()
    Self.fail(&breaker, 10, at: 0)
    #expect(breaker.enter(at: Self.second) == .rest(14 * Self.second))
    #expect(breaker.phase(at: 15 * Self.second) == .halfOpen)
    #expect(breaker.enter(at: 15 * Self.second) == .pass(isTrial: true))
    #expect(breaker.enter(at: 15 * Self.second) == .rest(Self.second))
    breaker.leave(succeeded: nil, isTrial: true, at: 15 * Self.second)
    #expect(breaker.enter(at: 15 * Self.second) == .pass(isTrial: true))
    breaker.leave(succeeded: false, isTrial: true, at: 16 * Self.second)
    #expect(breaker.enter(at: 17 * Self.second) == .rest(14 * Self.second))
    #expect(breaker.enter(at: 31 * Self.second) == .pass(isTrial: true))
    breaker.leave(succeeded: true, isTrial: true, at: 31 * Self.second)
    #expect(breaker.phase(at: 31 * Self.second) == .closed)
    #expect(breaker.enter(at: 31 * Self.second) == .pass(isTrial: false))
  }

  @Test func `is not opened again by what was asked before it opened`() {
    var breaker = Self.breaker()
    Self.fail(&breaker, 10, at: 0)
    breaker.leave(succeeded: false, isTrial: false, at: 14 * Self.second)
    #expect(breaker.phase(at: 15 * Self.second) == .halfOpen)
  }

  @Test func `waits a random time up to a bound that doubles and ends, or as long as it is asked to`() {
    var random = SeededGenerator(seed: 11)
    var settings = Reliability()
    (settings.pauseMilliseconds, settings.longestPauseMilliseconds) = (100, 1_000)
    func pause(_ attempt: Int, _ headers: [(name: String, value: String)] = []) -> Int64? {
      Pause.before(retryAfter: attempt, headers, settings) { Int64.random(in: 0...$0, using: &random) }
    }
    for (attempt, bound) in [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1_000), (60, 1_000)] {
      let pauses = (0..<200).compactMap { _ in pause(attempt) }
      #expect(pauses.count == 200)
      #expect(pauses.allSatisfy { (0...Int64(bound) * 1_000).contains($0) })
      #expect((pauses.max() ?? 0) > Int64(bound) * 800)
    }
    #expect((500_000...625_000).contains(pause(1, [("Retry-After-Ms", "500")]) ?? 0))
    #expect(pause(1, [("retry-after", "2")]) == nil)
    #expect((pause(1, [("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")]) ?? .max) <= 100_000)
  }
}
