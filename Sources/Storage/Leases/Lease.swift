/// The number of a lease: each one of a name has a greater one than all before it.
///
/// What the lease guards remembers the greatest number it has seen and refuses smaller ones: a holder that slept
/// through its lease's end can no longer do harm, whatever it believes.
package struct FencingToken: Hashable, Sendable, Comparable, LosslessStringConvertible {
  /// The number, from 1 on.
  package let number: UInt64

  /// The token with this number.
  package init(_ number: UInt64) { self.number = number }

  /// The token that these digits are.
  package init?(_ text: String) {
    guard let number = UInt64(text) else { return nil }
    self.number = number
  }

  /// The token whose number a store has; it is damaged where that is none.
  init(stored number: Int64) throws(StorageError) {
    guard let number = UInt64(exactly: number) else { throw StorageError(.corrupt) }
    self.number = number
  }

  /// How far a store may be ahead of what its leases guard: further is none that counted.
  ///
  /// A number that would soon be the last one there is, written into a log for good, would fence off everybody.
  package static let longestStep: UInt64 = 1 << 32
  // Where a store has gone too far, holders may have had numbers that what is guarded has not seen: past those.
  private static let leap: UInt64 = 1 << 20

  /// The numbers that a store may have for a name whose newest known token is this, and what comes after others: after
  /// smaller ones, and after greater ones.
  var next: (known: ClosedRange<Int64>, behind: Int64, beyond: Int64) {
    let low = Int64(clamping: min(number, UInt64(Int64.max) - 2 * FencingToken.longestStep))
    return (low...low + Int64(FencingToken.longestStep) - 2, low + 1, low + Int64(FencingToken.leap))
  }

  /// Whether a token may follow this one, the newest that counted: a store that jumped, or was made to, gives none.
  package func mayBeFollowed(by token: FencingToken) -> Bool {
    token.number <= number || token.number - number < FencingToken.longestStep
  }

  /// The number in digits.
  package var description: String { String(number) }

  /// Whether one lease was given before another.
  package static func < (left: FencingToken, right: FencingToken) -> Bool { left.number < right.number }
}

/// The right of one holder to one name until a moment.
package struct Lease: Hashable, Sendable {
  /// What is held.
  package let name: String
  /// By whom.
  package let holder: String
  /// The number of this lease.
  package let token: FencingToken
  /// When it ends by the clock of this machine, counted from before it was asked for: never later than the store says.
  package let end: ContinuousClock.Instant

  init(name: String, holder: String, token: FencingToken, end: ContinuousClock.Instant) {
    self.name = name
    self.holder = holder
    self.token = token
    self.end = end
  }

  /// Whether it had not ended when this was called; a process may sleep any time after that.
  package var lasts: Bool { ContinuousClock.now < end }
}

/// Where leases are kept for everybody who contends for them.
package protocol LeaseStore: Sendable {
  /// A new lease, with a greater token than any of this name before, and than `newest`, which what is guarded has seen;
  /// nil while another one lasts.
  ///
  /// A store that is behind that, having lost what it had, or too far beyond it, goes on from there.
  func acquire(
    _ name: String, by holder: String, for duration: Duration, after newest: FencingToken
  ) throws -> Lease?
  /// The same lease with a later end; nil when it has ended or a newer one was given.
  func renew(_ lease: Lease, for duration: Duration) throws -> Lease?
  /// Ends a lease; nothing happens when it has ended already.
  func release(_ lease: Lease) throws
  /// Whether the lease still lasts, by the clock of the store, and none newer was given.
  func check(_ lease: Lease) throws -> Bool
}

extension LeaseStore {
  /// A new lease of a name of which nothing has been seen.
  package func acquire(_ name: String, by holder: String, for duration: Duration) throws -> Lease? {
    try acquire(name, by: holder, for: duration, after: FencingToken(0))
  }
}
