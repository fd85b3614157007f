import Ledger
import Synchronization

/// When each reader of the log was last recorded.
final class Readings: Sendable {
  private static let interval: Int64 = 60_000
  private static let most = 4_096
  private let last = Mutex<[ConfiguredName: Int64]>([:])

  /// Whether the reading of `reader` is to be recorded; nothing more of theirs is for a minute then.
  func isDue(_ reader: ConfiguredName, at milliseconds: Int64) -> Bool {
    last.withLock { last in
      if let then = last[reader], milliseconds >= then, milliseconds - then < Self.interval { return false }
      // Forgetting makes entries more, never fewer.
      if last.count >= Self.most { last.removeAll() }
      last[reader] = milliseconds
      return true
    }
  }
}
