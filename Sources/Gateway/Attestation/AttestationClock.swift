/// The two clocks by which what a vendor has proved ends.
///
/// Evidence is dated by the verifier, so it is checked by the time of day. For how long it then holds is counted by a
/// clock as well that nobody sets: who sets the time of day back does not lengthen it, and who sets it ahead ends it.
package struct AttestationClock: Sendable {
  /// Milliseconds since the Unix epoch, as somebody has set them.
  private let wall: @Sendable () -> Int64
  /// Milliseconds that only grow, and go on while the machine sleeps.
  private let steady: @Sendable () -> Int64

  /// A clock of these two.
  package init(wall: @escaping @Sendable () -> Int64, steady: @escaping @Sendable () -> Int64) {
    (self.wall, self.steady) = (wall, steady)
  }

  /// What both say.
  package struct Reading: Hashable, Sendable {
    let wall: Int64
    let steady: Int64

    /// So many milliseconds later by both.
    package func after(_ milliseconds: Int64) -> Reading {
      Reading(wall: wall + milliseconds, steady: steady + milliseconds)
    }

    /// Whether neither clock has come to `end`.
    package func isBefore(_ end: Reading) -> Bool { wall < end.wall && steady < end.steady }

    /// How many milliseconds are left, by the clock that has fewer.
    package func left(until end: Reading) -> Int64 { min(end.wall - wall, end.steady - steady) }
  }

  /// What they say now.
  package var now: Reading { Reading(wall: wall(), steady: steady()) }
}
