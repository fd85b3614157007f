import Synchronization

/// Counts up from 1.
final class Counter: Sendable {
  private let count = Atomic(0)

  /// How often it was counted.
  var value: Int { count.load(ordering: .relaxed) }

  /// The next number.
  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
