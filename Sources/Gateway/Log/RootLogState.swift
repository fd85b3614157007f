import Ledger
import Synchronization

/// What is wrong with the root log of several replicas, for every request to see.
final class RootLogState: Sendable {
  private let fault = Mutex<RootFault?>(nil)

  /// Whether it is the one that it was.
  var isWhole: Bool { fault.withLock { $0 == nil } }

  /// The state in a word.
  var word: String { fault.withLock { $0?.name ?? "whole" } }

  /// Remembers what is wrong now; whether that is something else than before.
  func exchange(_ next: RootFault?) -> Bool {
    fault.withLock { fault in
      defer { fault = next }
      return fault?.name != next?.name
    }
  }
}
