import Deidentification
import Synchronization

/// What the texts of one answer have in common: the identifiers in them that nobody had given.
final class AnswerTally: Sendable {
  private let state = Mutex(State())

  private struct State {
    var novel = IdentifierCounts()
    var restored = IdentifierCounts()
    var isBlocked = false
  }

  /// How many were found, by kind.
  var novel: IdentifierCounts { state.withLock(\.novel) }

  /// How many the caller was given back, by kind.
  var restored: IdentifierCounts { state.withLock(\.restored) }

  /// Whether the answer is to be stopped because of one.
  var isBlocked: Bool { state.withLock(\.isBlocked) }

  /// Takes what one text has had restored in all.
  func take(restored: IdentifierCounts) {
    guard restored.total > 0 else { return }
    state.withLock { $0.restored.add(restored) }
  }

  /// Takes what `rewriter` has found since it was asked last.
  func take(from rewriter: inout AnswerRewriter) {
    guard let novel = rewriter.takeNovel() else { return }
    state.withLock { state in
      state.novel.add(novel)
      if rewriter.isBlocked { state.isBlocked = true }
    }
  }
}
