/// A fixed set of words, by their hashes: asked about every word of a page, one probe answers nearly always.
struct WordSet: Sendable {
  private let slots: [UInt64]

  /// The words in `words`, with white space between them.
  init(_ words: String) { self.init(WordHash.all(in: words)) }

  /// The words of these hashes.
  init(_ hashes: [UInt64]) {
    var size = 8
    while size < hashes.count * 4 { size *= 2 }
    var slots = [UInt64](repeating: 0, count: size)
    for hash in hashes { slots[WordSet.slot(of: hash, in: slots)] = hash }
    self.slots = slots
  }

  /// Whether the word of this hash is one of them.
  func contains(_ hash: UInt64) -> Bool { hash != 0 && slots[WordSet.slot(of: hash, in: slots)] == hash }

  /// Where `hash` is, or would be.
  // INVARIANT: no word's hash is 0, which marks a free slot and what stands outside a page.
  @inline(__always)
  private static func slot(of hash: UInt64, in slots: [UInt64]) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash ^ hash >> 29) & mask
    while slots[slot] != 0, slots[slot] != hash { slot = (slot + 1) & mask }
    return slot
  }
}

extension WordSet: ExpressibleByArrayLiteral {
  init(arrayLiteral hashes: UInt64...) { self.init(hashes) }
}
