/// Byte strings one after the other, each behind its length: what is written so is read back as it was.
package struct ByteFields: Sendable {
  /// All of them.
  package private(set) var bytes: [UInt8] = []

  /// None yet.
  package init() {}

  /// Appends a byte string.
  package mutating func append(_ field: [UInt8]) {
    let count = UInt32(field.count)
    for shift in stride(from: UInt32(0), through: 24, by: 8) { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
    bytes += field
  }

  /// Appends a number.
  package mutating func append(_ number: UInt64) {
    append((0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) })
  }
}

/// Reads byte strings that stand one after the other, each behind its length.
package struct ByteFieldReader: Sendable {
  private let bytes: [UInt8]
  private var place = 0

  /// A reader at the beginning.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether all was read.
  package var isAtEnd: Bool { place == bytes.count }

  /// The next byte string; nil when there is none, or one that is cut.
  package mutating func next() -> [UInt8]? {
    guard bytes.count - place >= 4 else { return nil }
    let count = (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    guard bytes.count - place - 4 >= count else { return nil }
    defer { place += 4 + count }
    return Array(bytes[place + 4..<place + 4 + count])
  }

  /// The next number; nil when there is none.
  package mutating func number() -> UInt64? {
    guard let field = next(), field.count == 8 else { return nil }
    return (0..<8).reduce(0) { $0 | UInt64(field[$1]) << UInt64(8 * $1) }
  }
}
