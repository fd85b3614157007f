/// What was used of one limit by one of those it holds for, and has not run off yet.
///
/// Counts are in millionths, times in microseconds: so much runs off in a microsecond as the limit allows in a second.
struct RateBucket: Hashable, Sendable {
  private static let one: Int64 = 1_000_000

  private var used = Amounts()
  /// What has run off beside whole millionths, in parts of one of which the limit's seconds make a whole: who looks often
  /// must not keep anything from running off.
  private var rest = Amounts()
  /// The moment for which that is so.
  private(set) var moment: Int64

  private struct Amounts: Hashable {
    var requests: Int64 = 0
    var tokens: Int64 = 0
    var patients: Int64 = 0

    subscript(measure: RateLimit.Measure) -> Int64 {
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
  }

  /// An empty one.
  init(at moment: Int64) { self.moment = moment }

  /// Lets run off what has run off by now.
  mutating func settle(_ limit: RateLimit, at now: Int64) {
    let passed = Int128(max(0, now - moment))
    moment = max(moment, now)
    for measure in RateLimit.Measure.allCases where used[measure] > 0 {
      // What is limited no more runs off at once.
      guard let amount = limit.amounts[measure] else {
        used[measure] = 0
        continue
      }
      let (off, rest) = (passed * Int128(amount) + Int128(self.rest[measure])).quotientAndRemainder(
        dividingBy: Int128(limit.seconds))
      used[measure] = Int64(max(0, Int128(used[measure]) - off))
      self.rest[measure] = used[measure] == 0 ? 0 : Int64(rest)
    }
  }

  /// Whether nothing is used: it is as good as one that was never made.
  var isEmpty: Bool { used == Amounts() }

  /// How many of a measure are left, whole ones.
  func left(of measure: RateLimit.Measure, under amount: Int) -> Int {
    max(0, Int((Int64(amount) * Self.one - used[measure]) / Self.one))
  }

  /// How many microseconds it takes until so many of a measure are left; nil when they are.
  ///
  /// Of more than there ever are it takes as long as until all are.
  func wait(for measure: RateLimit.Measure, count: Int = 1, under limit: RateLimit) -> Int64? {
    guard let amount = limit.amounts[measure] else { return nil }
    let over = used[measure] - Int64(max(0, amount - count)) * Self.one
    guard over > 0 || count > amount else { return nil }
    let time =
      (Int128(max(1, over)) * Int128(limit.seconds) - Int128(rest[measure]) + Int128(amount) - 1) / Int128(amount)
    return Int64(clamping: time)
  }

  /// Takes so many of a measure out, also more than are left: a debt runs off like anything else.
  mutating func take(_ count: Int, of measure: RateLimit.Measure) {
    let (taken, overflow) = Int64(clamping: count).multipliedReportingOverflow(by: Self.one)
    add(overflow ? .max : taken, to: measure)
  }

  /// Takes out what another has taken.
  mutating func add(_ other: RateBucket) {
    for measure in RateLimit.Measure.allCases { add(other.used[measure], to: measure) }
  }

  private mutating func add(_ taken: Int64, to measure: RateLimit.Measure) {
    let sum = used[measure].addingReportingOverflow(taken)
    // A debt is bounded, so that no number that a vendor names lasts for ever.
    used[measure] = min(sum.overflow ? .max : sum.partialValue, Self.most)
  }

  private static let most: Int64 = 4_000_000_000 * one

  /// Puts one of a measure back.
  mutating func giveBack(_ measure: RateLimit.Measure) { used[measure] = max(0, used[measure] - Self.one) }

  /// Numbers from which it can be made again.
  var kept: [Int64] { [used.requests, used.tokens, used.patients] }

  /// The bucket that was kept as these numbers; nil when they are none.
  init?(kept: [Int64], at moment: Int64) {
    guard kept.count == 3, kept.allSatisfy({ (0...Self.most).contains($0) }) else { return nil }
    used = Amounts(requests: kept[0], tokens: kept[1], patients: kept[2])
    self.moment = moment
  }
}
