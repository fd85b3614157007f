import Gateway
import Synchronization
import Testing

/// What ends when the time of day is set.
struct AttestationClockTests {
  private final class Clocks: Sendable {
    let wall = Mutex<Int64>(1_000_000)
    let steady = Mutex<Int64>(5_000)
  }

  private let clocks = Clocks()

  private var clock: AttestationClock {
    AttestationClock(
      wall: { [clocks] in clocks.wall.withLock(\.self) }, steady: { [clocks] in clocks.steady.withLock(\.self) })
  }

  private func pass(_ milliseconds: Int64) {
    clocks.wall.withLock { $0 += milliseconds }
    clocks.steady.withLock { $0 += milliseconds }
  }

  private func set(by milliseconds: Int64) { clocks.wall.withLock { $0 += milliseconds } }

  @Test func `time that passes ends it, as long as it is`() {
    let end = clock.now.after(60_000)
    pass(59_999)
    #expect(clock.now.isBefore(end) && clock.now.left(until: end) == 1)
    pass(1)
    #expect(!clock.now.isBefore(end) && clock.now.left(until: end) == 0)
  }

  @Test func `a time of day that is set back does not lengthen it`() {
    let end = clock.now.after(60_000)
    pass(30_000)
    set(by: -3_600_000)
    #expect(clock.now.isBefore(end) && clock.now.left(until: end) == 30_000)
    pass(30_000)
    #expect(!clock.now.isBefore(end))
  }

  @Test func `a time of day that is set ahead ends it`() {
    let end = clock.now.after(60_000)
    set(by: 60_000)
    #expect(!clock.now.isBefore(end) && clock.now.left(until: end) == 0)
  }
}
