import Ledger

/// Takes the time of the stages of a request.
struct Stopwatch: Sendable {
  private(set) var times: [Stage: Int] = [:]
  private let now: @Sendable () -> Int64
  private let start: Int64
  private var last: Int64
  private var waited: Int64 = 0
  /// Microseconds from the start to the first byte of the answer; nil before there was one.
  private(set) var firstByte: Int?

  init(_ now: @escaping @Sendable () -> Int64) {
    self.now = now
    start = now()
    last = start
  }

  /// Ends a stage that began where the last one ended.
  mutating func end(_ stage: Stage) {
    let moment = now()
    times[stage, default: 0] += Int(moment - last)
    last = moment
  }

  /// Ends a stage in which Cordon waited for the vendor.
  mutating func endWaiting(_ stage: Stage = .vendor) {
    let moment = now()
    if stage == .firstByte { firstByte = Int(moment - start) }
    times[stage, default: 0] += Int(moment - last)
    waited += moment - last
    last = moment
  }

  /// Leaves out the time since the last stage: the request waited for its turn, or for another try.
  mutating func passOver() {
    let moment = now()
    waited += moment - last
    last = moment
  }

  /// Microseconds since the start.
  func total() -> Int { Int(now() - start) }

  /// How many microseconds are left of so many seconds since the start; nil when nothing bounds them.
  func left(of seconds: Int?) -> Int64? { seconds.map { max(0, Int64($0) * 1_000_000 - (now() - start)) } }

  /// Microseconds since the start, less those spent waiting for the vendor.
  func elapsed() -> Int { Int(now() - start - waited) }
}
