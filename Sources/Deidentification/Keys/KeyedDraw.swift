internal import Ciphers

/// Random numbers that follow from a keyed hash: the SHA-256 digests of the hash with a counter.
struct KeyedDraw: RandomNumberGenerator, Sendable {
  private let seed: Digest
  private var round: UInt64 = 0
  private var words: [UInt64] = []

  /// The numbers that follow from `seed`, which must be secret.
  init(_ seed: Digest) { self.seed = seed }

  mutating func next() -> UInt64 {
    if words.isEmpty { refill() }
    return words.removeLast()
  }

  private mutating func refill() {
    var hash = Hashing()
    hash.update(seed)
    for place in 0..<8 { hash.update(UInt8(truncatingIfNeeded: round >> (8 * UInt64(place)))) }
    round += 1
    let bytes = hash.finish().bytes
    words = stride(from: 0, to: 32, by: 8).map { start in
      bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}

extension KeyedDraw {
  /// One of `choices`, which must not be empty.
  mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[Int.random(in: choices.indices, using: &self)] }
}
