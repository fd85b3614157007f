import Ledger
import PHI
import Synchronization

/// Numbers for messages to tool servers, each given once.
final class MessageNumbers: Sendable {
  private let last = Atomic(0)
  func next() -> Int { last.add(1, ordering: .relaxed).newValue }
}

/// Something about the gateway that is so or not, for every request to see.
final class Flag: Sendable {
  private let flag: Atomic<Bool>
  init(_ isSet: Bool) { flag = Atomic(isSet) }
  var isSet: Bool { flag.load(ordering: .relaxed) }
  func set(_ isSet: Bool = true) { flag.store(isSet, ordering: .relaxed) }
}

/// Where pauses get their chance from, as a parameter: a run can be replayed.
package struct Chance: Sendable {
  /// A number from 0 to the bound, both included.
  package var upTo: @Sendable (Int64) -> Int64

  package init(upTo: @escaping @Sendable (Int64) -> Int64) { self.upTo = upTo }

  /// The system's own.
  package static let ofTheSystem = Chance { Int64.random(in: 0...$0) }
}

/// The clocks of the gateway, as parameters: a run can be replayed.
package struct GatewayClock: Sendable {
  /// Milliseconds since the Unix epoch.
  package var wall: @Sendable () -> Int64
  /// Microseconds since any fixed moment, never going back.
  package var monotonic: @Sendable () -> Int64
  /// Waits for so many microseconds.
  package var sleep: @Sendable (Int64) async throws -> Void

  package init(
    wall: @escaping @Sendable () -> Int64, monotonic: @escaping @Sendable () -> Int64,
    sleep: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .microseconds($0)) }
  ) {
    self.wall = wall
    self.monotonic = monotonic
    self.sleep = sleep
  }

  /// The day in UTC.
  var today: CalendarDate { CalendarDate(secondsSinceEpoch: wall() / 1_000) }

  /// The moment, as log entries carry it.
  var timestamp: Timestamp { Timestamp(milliseconds: wall()) }
}
