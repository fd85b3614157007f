import Glibc
import Synchronization

/// The check of a segment on a thread of its own.
///
/// Segments are checked by themselves, several at a time, and their reports taken in order: what is found is the same
/// as if they were read one after another.
final class SegmentCheck: Sendable {
  private let result = Mutex<Result<SegmentReport?, LedgerError>?>(nil)
  private let bell: Bell

  /// How many are under way at one time: one for each core, and one while a report is taken.
  static var atOneTime: Int { 1 + min(16, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Begins a check.
  init(_ audit: SegmentAudit) throws(LedgerError) {
    bell = try Bell()
    try startThread { self.run(audit) }
  }

  /// What was found, once it is known.
  func report() throws(LedgerError) -> SegmentReport? {
    while true {
      if let result = result.withLock({ $0 }) { return try result.get() }
      bell.wait(milliseconds: -1)
    }
  }

  private func run(_ audit: SegmentAudit) {
    let found: Result<SegmentReport?, LedgerError>
    do throws(LedgerError) {
      found = .success(try audit.report())
    } catch {
      found = .failure(error)
    }
    result.withLock { $0 = found }
    bell.ring()
  }
}
