/// A few bits of each hash that a table holds: of most words that are not in it they tell so, and the table is not asked.
struct HashSketch: Sendable {
  private var bits = InlineArray<4, UInt64>(repeating: 0)

  /// Notes that the table holds `hash`.
  mutating func insert(_ hash: UInt64) { bits[HashSketch.place(of: hash)] |= HashSketch.bit(of: hash) }

  /// Whether the table may hold `hash`.
  func mayContain(_ hash: UInt64) -> Bool { bits[HashSketch.place(of: hash)] & HashSketch.bit(of: hash) != 0 }

  private static func place(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 6 & 3) }
  private static func bit(of hash: UInt64) -> UInt64 { 1 << (hash & 63) }
}
