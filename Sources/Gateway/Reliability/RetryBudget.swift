/// Bounds retries to a share of the requests, so that a vendor in trouble is not asked many times over.
///
/// Each request pays a share of a retry in; each retry takes a whole one out. What is saved up is bounded, too.
package struct RetryBudget: Sendable {
  // In hundredths of a retry.
  private var balance = 1_000
  private let share: Int
  private static let most = 10_000

  /// A budget of so many retries to a hundred requests, beside ten to begin with.
  package init(percent: Int) {
    share = percent
    if percent == 0 { balance = 0 }
  }

  /// Takes in that there was a request.
  package mutating func payIn() { balance = min(balance + share, Self.most) }

  /// Takes one retry out; false when there is none.
  package mutating func takeOut() -> Bool {
    guard balance >= 100 else { return false }
    balance -= 100
    return true
  }
}
