/// How the gateway meets vendors that fail: what is tried again, how often, and when a vendor is left in peace.
///
/// The usual values try nothing again: the official clients do that themselves, and a retry of a retry is a storm.
package struct Reliability: Hashable, Sendable {
  /// How often one vendor is tried for one request, the first time included.
  package var attempts = 1
  /// The longest pause before the first retry, in milliseconds; it doubles with each.
  package var pauseMilliseconds = 250
  /// The longest pause of all, and the longest `retry-after` of a vendor's that is waited for, in milliseconds.
  package var longestPauseMilliseconds = 8_000
  /// How many retries there may be to a hundred requests.
  package var retryPercent = 20
  /// How long a request may take to have an answer that begins, in seconds; nil leaves it to the vendors' limits.
  package var deadlineSeconds: Int?
  /// When a vendor that fails is left in peace.
  package var breaker = CircuitBreaker.Settings()
  /// How long a request waits for its turn at a vendor, in seconds.
  package var queueSeconds = 10
  /// How long a repeated request with the same key is given the same answer, in seconds; 0 keeps none.
  package var idempotencySeconds = 600
  /// How many bytes of such answers are kept.
  package var idempotencyBytes = 16 << 20

  /// The usual values.
  package init() {}
}
