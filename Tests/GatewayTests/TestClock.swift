import Gateway
import Ledger
import Synchronization

/// A clock that goes on only while somebody waits, and by what they wait for.
final class TestClock: Sendable {
  /// Whether nobody's wait ever ends by itself.
  private let isStill: Bool
  private let state = Mutex<(now: Int64, pauses: [Int64])>((0, []))

  init(standsStill isStill: Bool = false) { self.isStill = isStill }

  /// How long was waited, each time, in microseconds.
  var pauses: [Int64] { state.withLock(\.pauses) }

  /// How many microseconds have passed.
  var now: Int64 { state.withLock(\.now) }

  /// Lets so many microseconds pass.
  func pass(_ microseconds: Int64) { state.withLock { $0.now += microseconds } }

  /// The gateway's clocks; `start` is their beginning in milliseconds since the Unix epoch.
  func from(_ start: @escaping @Sendable () -> Int64) -> GatewayClock {
    GatewayClock(
      wall: { start() + self.state.withLock { $0.now / 1_000 } },
      monotonic: { self.state.withLock(\.now) },
      sleep: { pause in
        while self.isStill { try await Task.sleep(for: .seconds(3_600)) }
        self.state.withLock { state in
          state.now += pause
          state.pauses.append(pause)
        }
        await Task.yield()
      })
  }
}

extension GatewayClock {
  /// A clock that goes on by itself, beginning at that moment.
  static func ofTheSystem(from start: Timestamp) -> GatewayClock {
    let clock = ContinuousClock()
    let begin = clock.now
    let passed: @Sendable () -> Int64 = { Int64(begin.duration(to: clock.now) / .microseconds(1)) }
    return GatewayClock(wall: { start.milliseconds + passed() / 1_000 }, monotonic: passed)
  }
}
