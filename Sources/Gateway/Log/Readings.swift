import Ledger
import Synchronization

/// When each reader of the log was last recorded.
final class Readings: Sendable {
  private static let interval: Int64 = 60_000
  private static let most = 4_096
  private let last = Mutex<[ConfiguredName: Int64]>([:])

  /// Whether the reading of `reader` is to be recorded: nothing of theirs was for a minute.
  func isDue(_ reader: ConfiguredName, at milliseconds: Int64) -> Bool {
    last.withLock { last in
      guard let then = last[reader] else { return true }
      return milliseconds < then || milliseconds - then >= Self.interval
    }
  }

  /// Remembers that the reading of `reader` is in the log.
  func recorded(_ reader: ConfiguredName, at milliseconds: Int64) {
    last.withLock { last in
      // Forgetting makes entries more, never fewer.
      if last.count >= Self.most { last.removeAll() }
      last[reader] = milliseconds
    }
  }
}
