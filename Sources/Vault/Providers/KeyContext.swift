import Bytes

/// What a wrapped key is for: names and values that are authenticated with it, never secret, never about a person.
///
/// Providers log it (AWS CloudTrail shows an encryption context in the clear).
package struct KeyContext: Hashable, Sendable {
  /// One name with its value.
  package struct Pair: Hashable, Sendable {
    /// The name.
    package let name: String
    /// The value.
    package let value: String
  }

  /// The pairs, by name in the order of their bytes.
  package let pairs: [Pair]

  /// The context of these pairs.
  package init(_ pairs: [String: String]) {
    self.pairs = pairs.map { Pair(name: $0.key, value: $0.value) }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// The context as bytes: the number of pairs, then each name and value with its length, numbers in 4 bytes big-endian.
  ///
  /// Two contexts have the same bytes only when they are the same.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt32(pairs.count))
    for pair in pairs {
      for text in [pair.name, pair.value] {
        bytes.append(bigEndian: UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
      }
    }
    return bytes
  }
}

extension [UInt8] {
  mutating func append(bigEndian number: UInt32) {
    for shift in stride(from: 24, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: number >> UInt32(shift))) }
  }

  mutating func append(bigEndian number: UInt64) {
    for shift in stride(from: 56, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
  }
}
