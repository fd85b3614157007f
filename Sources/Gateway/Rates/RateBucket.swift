/// What was used of one limit by one of those it holds for, and has not run off yet.
///
/// Counts are in millionths, times in microseconds: so much runs off in a microsecond as the limit allows in a second.
struct RateBucket: Hashable, Sendable {
  private static let one: Int64 = 1_000_000

  private var requests: Int64 = 0
  private var tokens: Int64 = 0
  private var patients: Int64 = 0
  /// The moment for which that is so.
  private(set) var moment: Int64

  /// An empty one.
  init(at moment: Int64) { self.moment = moment }

  private subscript(measure: RateLimit.Measure) -> Int64 {
    get {
      switch measure {
      case .requests: requests
      case .tokens: tokens
      case .patients: patients
      }
    }
    set {
      switch measure {
      case .requests: requests = newValue
      case .tokens: tokens = newValue
      case .patients: patients = newValue
      }
    }
  }

  /// Lets run off what has run off by now.
  mutating func settle(_ limit: RateLimit, at now: Int64) {
    let passed = Int128(max(0, now - moment))
    moment = max(moment, now)
    for measure in RateLimit.Measure.allCases where self[measure] > 0 {
      // What is limited no more runs off at once.
      let off = limit.amounts[measure].map { passed * Int128($0) / Int128(limit.seconds) }
      self[measure] = off.map { Int64(max(0, Int128(self[measure]) - $0)) } ?? 0
    }
  }

  /// Whether nothing is used: it is as good as one that was never made.
  var isEmpty: Bool { requests == 0 && tokens == 0 && patients == 0 }

  /// How many of a measure are left, whole ones.
  func left(of measure: RateLimit.Measure, under amount: Int) -> Int {
    max(0, Int((Int64(amount) * Self.one - self[measure]) / Self.one))
  }

  /// How many microseconds it takes until one of a measure is left; nil when one is.
  func wait(for measure: RateLimit.Measure, under limit: RateLimit) -> Int64? {
    guard let amount = limit.amounts[measure] else { return nil }
    let over = self[measure] - (Int64(amount) - 1) * Self.one
    guard over > 0 else { return nil }
    let time = (Int128(over) * Int128(limit.seconds) + Int128(amount) - 1) / Int128(amount)
    return Int64(clamping: time)
  }

  /// Takes so many of a measure out, also more than are left: a debt runs off like anything else.
  mutating func take(_ count: Int, of measure: RateLimit.Measure) {
    let (taken, overflow) = Int64(clamping: count).multipliedReportingOverflow(by: Self.one)
    let sum = self[measure].addingReportingOverflow(overflow ? .max : taken)
    // A debt is bounded, so that no number that a vendor names lasts for ever.
    self[measure] = min(sum.overflow ? .max : sum.partialValue, Self.most)
  }

  private static let most: Int64 = 4_000_000_000 * one

  /// Puts one of a measure back.
  mutating func giveBack(_ measure: RateLimit.Measure) { self[measure] = max(0, self[measure] - Self.one) }

  /// Numbers from which it can be made again.
  var kept: [Int64] { [requests, tokens, patients] }

  /// The bucket that was kept as these numbers; nil when they are none.
  init?(kept: [Int64], at moment: Int64) {
    guard kept.count == 3, kept.allSatisfy({ (0...Self.most).contains($0) }) else { return nil }
    (requests, tokens, patients) = (kept[0], kept[1], kept[2])
    self.moment = moment
  }
}
