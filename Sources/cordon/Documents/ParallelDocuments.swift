import Synchronization

/// Does work on many documents on several cores.
enum ParallelDocuments {
  /// Calls `body` with the index of each of `count` documents, at most `jobs` at a time, the first ones first.
  static func forEach(_ count: Int, jobs: Int, _ body: @escaping @Sendable (Int) -> Void) async {
    let next = NextIndex(below: count)
    await withTaskGroup { group in
      for _ in 0..<min(jobs, count) {
        group.addTask { while let index = next.take() { body(index) } }
      }
    }
  }

  private final class NextIndex: Sendable {
    private let next = Atomic(0)
    private let count: Int

    init(below count: Int) { self.count = count }

    func take() -> Int? {
      let index = next.add(1, ordering: .relaxed).oldValue
      return index < count ? index : nil
    }
  }
}
