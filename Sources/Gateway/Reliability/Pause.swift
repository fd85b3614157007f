/// How long to wait before a vendor is asked again.
package enum Pause {
  /// A random pause up to a bound that doubles with each attempt (full jitter), or what the vendor asked for and a
  /// little more; nil when the vendor asks for longer than is waited.
  ///
  /// - Parameters:
  ///   - attempt: how often the vendor was asked already.
  ///   - headers: the headers of its answer, if it gave one.
  ///   - settings: the bounds.
  ///   - chance: a number from 0 to the bound, both included.
  /// - Returns: microseconds.
  package static func before(
    retryAfter attempt: Int, _ headers: [(name: String, value: String)], _ settings: Reliability,
    chance: (Int64) -> Int64
  ) -> Int64? {
    let longest = Int64(settings.longestPauseMilliseconds) * 1_000
    let bound = min(Int64(settings.pauseMilliseconds) * 1_000 << Int64(min(attempt - 1, 30)), longest)
    guard let asked = asked(in: headers) else { return chance(bound) }
    guard asked <= longest else { return nil }
    return asked + chance(min(bound, asked / 4))
  }

  /// What `retry-after-ms` or `retry-after` says in microseconds; a date is not read, and counts as nothing said.
  package static func asked(in headers: [(name: String, value: String)]) -> Int64? {
    func number(_ name: String) -> Double? {
      headers.first { $0.name.lowercased() == name }.flatMap { Double($0.value) }.flatMap {
        $0 >= 0 && $0 < 1e9 ? $0 : nil
      }
    }
    return (number("retry-after-ms") ?? number("retry-after").map { $0 * 1_000 }).map { Int64($0 * 1_000) }
  }
}
