import Deidentification
import Synchronization

/// What the texts of one answer have in common: the identifiers in them that nobody had given.
final class AnswerTally: Sendable {
  private let state = Mutex(State())

  private struct State {
    var novel = IdentifierCounts()
    var isBlocked = false
  }

  /// How many were found, by kind.
  var novel: IdentifierCounts { state.withLock(\.novel) }

  /// Whether the answer is to be stopped because of one.
  var isBlocked: Bool { state.withLock(\.isBlocked) }

  /// Takes what `rewriter` has found since it was asked last.
  func take(from rewriter: inout AnswerRewriter) {
    guard let novel = rewriter.takeNovel() else { return }
    state.withLock { state in
      state.novel.add(novel)
      if rewriter.isBlocked { state.isBlocked = true }
    }
  }
}
