import Bytes

/// The bytes of up to 256 entries in a row, each after its length in two bytes, the higher first.
enum EntryBundle {
  /// Appends an entry.
  static func append(_ entry: Span<UInt8>, to bundle: inout [UInt8]) {
    bundle.append(UInt8(truncatingIfNeeded: entry.count >> 8))
    bundle.append(UInt8(truncatingIfNeeded: entry.count))
    bundle.append(copying: entry)
  }

  /// Where the entries are in the bytes of a bundle; nil when it does not end with one.
  static func places(in bundle: Span<UInt8>) -> [Range<Int>]? {
    var places: [Range<Int>] = []
    var start = 0
    while start < bundle.count {
      guard start + 2 <= bundle.count else { return nil }
      let end = start + 2 + Int(bundle[start]) << 8 + Int(bundle[start + 1])
      guard end <= bundle.count else { return nil }
      places.append(start + 2..<end)
      start = end
    }
    return places
  }

  /// The bytes of the first `width` entries of a bundle; nil when it has fewer.
  static func beginning(of bundle: [UInt8], width: Int) -> [UInt8]? {
    guard let places = places(in: bundle.span), places.count >= width else { return nil }
    return Array(bundle.prefix(places[width - 1].upperBound))
  }
}
