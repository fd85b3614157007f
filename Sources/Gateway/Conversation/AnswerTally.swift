import Deidentification
import Synchronization

/// What the texts of one answer have in common: the identifiers in them that nobody had given, and those that were put
/// back.
///
/// A text that a stream tells more than once, in pieces and again whole, counts once.
final class AnswerTally: Sendable {
  private let state = Mutex(State())

  private struct State {
    var next = 0
    /// What was found in the texts that have not come to their end, by their numbers.
    var open: [Int: IdentifierCounts] = [:]
    /// What was found in the others, by what they say.
    var ended: [TextKey: Found] = [:]
    /// The calls of tools into which nothing was put back for where they go, by what they say.
    var withheldCalls: Set<TextKey> = []
    var isBlocked = false
  }

  private struct Found {
    var novel = IdentifierCounts()
    var restored = IdentifierCounts()
  }

  /// What a text says, and in which choice.
  struct TextKey: Hashable, Sendable {
    var choice: Int
    var length = 0
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func take(_ text: Span<UInt8>) {
      length += text.count
      for index in text.indices { hash = (hash ^ UInt64(text[index])) &* 0x0000_0100_0000_01B3 }
    }
  }

  /// How many were found that nobody had given, by kind.
  var novel: IdentifierCounts {
    state.withLock { state in
      var novel = IdentifierCounts()
      for counts in state.open.values { novel.add(counts) }
      for found in state.ended.values { novel.add(found.novel) }
      return novel
    }
  }

  /// How many the caller was given back, by kind.
  var restored: IdentifierCounts {
    state.withLock { state in
      var restored = IdentifierCounts()
      for found in state.ended.values { restored.add(found.restored) }
      return restored
    }
  }

  /// How many calls of tools the caller was given with their tokens, for where they go.
  var withheldCalls: Int { state.withLock { $0.withheldCalls.count } }

  /// Whether the answer is to be stopped because of one.
  var isBlocked: Bool { state.withLock { $0.isBlocked } }

  /// A number for a text that begins.
  func begin() -> Int {
    state.withLock { state in
      state.next += 1
      return state.next
    }
  }

  /// Takes what `rewriter` has found in a text since it was asked last.
  func take(from rewriter: inout AnswerRewriter, of text: Int) {
    guard let novel = rewriter.takeNovel() else { return }
    state.withLock { state in
      state.open[text, default: IdentifierCounts()].add(novel)
      if rewriter.isBlocked { state.isBlocked = true }
    }
  }

  /// Notes that nothing was put back into a call that says `key`.
  func withholdCall(saying key: TextKey) { state.withLock { _ = $0.withheldCalls.insert(key) } }

  /// Ends a text that says `key`, and in which `restored` was put back.
  func end(_ text: Int, saying key: TextKey, restored: IdentifierCounts) {
    state.withLock { state in
      let novel = state.open.removeValue(forKey: text)
      guard novel != nil || restored.total > 0, state.ended[key] == nil else { return }
      state.ended[key] = Found(novel: novel ?? IdentifierCounts(), restored: restored)
    }
  }
}
