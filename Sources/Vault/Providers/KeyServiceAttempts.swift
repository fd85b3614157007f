/// How often a request to a key service is tried, and how long between.
package struct KeyServiceAttempts: Sendable {
  /// Why an attempt failed, and whether another may do better.
  struct Failure: Error {
    let error: VaultError
    let isPassing: Bool
    /// Whether the service surely did nothing, so that even what must not happen twice may be tried again.
    let didNothing: Bool

    init(_ error: VaultError, isPassing: Bool = false, didNothing: Bool = false) {
      self.error = error
      self.isPassing = isPassing
      self.didNothing = didNothing
    }
  }

  private let limit: Int
  private let firstPause: Duration
  private let wait: @Sendable (Duration) async -> Void

  /// At most `limit` attempts, with a pause between them that doubles and is then shortened by chance.
  ///
  /// - Parameters:
  ///   - limit: how many attempts there are.
  ///   - firstPause: half of the longest first pause.
  ///   - wait: how time passes, but in tests.
  package init(
    limit: Int = 3, firstPause: Duration = .milliseconds(100),
    wait: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
  ) {
    self.limit = max(1, limit)
    self.firstPause = firstPause
    self.wait = wait
  }

  /// What `attempt` gives, told the number of the attempt, at the first attempt that does not fail in passing.
  func run<Value>(
    mayRepeat: Bool, _ attempt: (Int) async throws(Failure) -> Value
  ) async throws(VaultError) -> Value {
    var number = 0
    while true {
      do {
        return try await attempt(number)
      } catch {
        number += 1
        guard error.isPassing, mayRepeat || error.didNothing, number < limit, !Task.isCancelled else {
          throw error.error
        }
        // "Full jitter" (Brooker, "Exponential backoff and jitter"): callers that failed together do not return together.
        await wait(firstPause * (1 << number) * Double.random(in: 0.25...1))
      }
    }
  }
}
