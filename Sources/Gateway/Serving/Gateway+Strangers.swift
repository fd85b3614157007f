import Ledger
import Providers
import Synchronization

/// How many requests of those who are not known the log takes: they cost its disk, and prove nothing of themselves.
final class Strangers: Sendable {
  /// As many a minute.
  static let most = 600

  private static let limit = RateLimit(.caller, [.requests: most], seconds: 60)
  private let bucket = Mutex<RateBucket?>(nil)

  /// Takes one in at a moment; the seconds to wait when there are too many.
  func take(at now: Int64) -> Int? {
    bucket.withLock { held in
      var bucket = held ?? RateBucket(at: now)
      bucket.settle(Self.limit, at: now)
      let wait = bucket.wait(for: .requests, under: Self.limit)
      if wait == nil { bucket.take(1, of: .requests) }
      held = bucket
      return wait.map { Int(($0 + 999_999) / 1_000_000) }
    }
  }
}

extension Gateway {
  /// Refuses a request of somebody who is not known, and has the log say so before it is answered.
  func refuseStranger(
    _ requestID: RequestID, from client: ConfiguredName?, asking operation: Operation? = nil,
    in dialect: Operation.Dialect = .openAI
  ) async -> Reply {
    metrics.countRequest(.unauthenticated, microseconds: 0)
    if let seconds = strangers.take(at: clock.monotonic()) {
      return .failure(.tooManyStrangers(seconds: seconds), in: dialect, of: requestID)
    }
    do {
      try await record(RequestRecord.stranger(requestID, from: client, asking: operation, at: clock.timestamp))
    } catch {
      return .failure(.logUnavailable, in: dialect, of: requestID)
    }
    return .failure(.unauthenticated, in: dialect, of: requestID)
  }
}
