import Ciphers

/// The checkpoints that were signed for a log at earlier times, and which it must still hold.
struct Anchors {
  private var waiting: ArraySlice<Checkpoint>
  /// Where the next one belongs; beyond every log when there is none.
  private var next: UInt64
  /// The largest size whose checkpoint held.
  private(set) var held: UInt64 = 0

  init(_ checkpoints: [Checkpoint]) {
    waiting = checkpoints.sorted { $0.size < $1.size }[...]
    next = waiting.first?.size ?? .max
  }

  /// The size of the smallest one that was not reached.
  var first: UInt64? { waiting.first?.size }

  /// The sizes of those that were not reached, in order.
  var sizes: [UInt64] { waiting.map(\.size) }

  /// The size of the largest one that was not reached.
  var last: UInt64? { waiting.last?.size }

  /// Goes past those that lie before `size`, where nothing will be read.
  mutating func skip(below size: UInt64) {
    while let first = waiting.first, first.size < size { waiting.removeFirst() }
    next = waiting.first?.size ?? .max
  }

  /// Compares the tree with the checkpoints of its size; the fault says that one was signed for other entries.
  mutating func follow(_ tree: Frontier) -> Fault? {
    guard tree.size == next else { return nil }
    return follow(tree.size, tree.root)
  }

  /// Compares the root of the tree of `size` leaves with the checkpoints of that size.
  mutating func follow(_ size: UInt64, _ root: Digest) -> Fault? {
    while let first = waiting.first, first.size == size {
      waiting.removeFirst()
      guard first.root == root else { return Fault(.forked(signed: first.size), at: held) }
    }
    held = size
    next = waiting.first?.size ?? .max
    return nil
  }
}
