import Bytes

/// The name of one tile of a log, as C2SP `tlog-tiles` has it: which 256 hashes or entries, and how many of them.
///
///     tile/<level>/<index>[.p/<width>]      hashes
///     tile/entries/<index>[.p/<width>]      the entries under the tile of level 0 with the same index
///
/// The index is written in groups of three digits, all but the last with an `x` before it. A tile with fewer than 256
/// is partial, and says how many it has.
package struct Tile: Hashable, Sendable {
  /// What a tile holds.
  package enum Kind: Hashable, Sendable {
    /// The hashes of subtrees of 256^level leaves.
    case hashes(level: Int)
    /// The leaves themselves, each after its length in two bytes, the higher first.
    case entries
  }

  /// How many hashes or entries a full tile has.
  package static let fullWidth = 256

  /// What it holds.
  package let kind: Kind
  /// Which one of its level.
  package let index: UInt64
  /// How many hashes or entries it has.
  package let width: Int

  /// A tile.
  ///
  /// - Precondition: the level is from 0 to 7 (eight levels cover 2^64 leaves), the width from 1 to 256.
  package init(_ kind: Kind, index: UInt64, width: Int = Tile.fullWidth) {
    precondition((1...Tile.fullWidth).contains(width), "no tile has this width")
    if case .hashes(let level) = kind { precondition((0...7).contains(level), "no tree has this level") }
    self.kind = kind
    self.index = index
    self.width = width
  }

  /// Whether it has all that a tile can have.
  package var isFull: Bool { width == Tile.fullWidth }

  /// The full tile in the same place.
  package var whole: Tile { Tile(kind, index: index) }

  /// Where a full tile of this kind and index is, also if this one is partial.
  var wholePath: String {
    let level =
      switch kind {
      case .hashes(let level): String(level)
      case .entries: "entries"
      }
    var groups = [Tile.threeDigits(index % 1000)]
    var rest = index / 1000
    while rest > 0 {
      groups.append("x\(Tile.threeDigits(rest % 1000))")
      rest /= 1000
    }
    return "tile/\(level)/\(groups.reversed().joined(separator: "/"))"
  }

  /// The folder of the partial tiles in the same place.
  var partialFolder: String { "\(wholePath).p" }

  /// Where it is below the log's root.
  package var path: String { isFull ? wholePath : "\(partialFolder)/\(width)" }

  private static func threeDigits(_ number: UInt64) -> String {
    let text = String(number)
    return String(repeating: "0", count: 3 - text.count) + text
  }
}

extension Tile {
  /// The tile at `path` below the log's root; nil when no tile of any log is there.
  ///
  /// Each tile has one path only, so what is served by this is nothing but tiles.
  package init?(path: String) {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[0] == "tile" else { return nil }
    let kind: Kind
    if parts[1] == "entries" {
      kind = .entries
    } else {
      guard let level = Int(parts[1]), (0...7).contains(level) else { return nil }
      kind = .hashes(level: level)
    }
    parts.removeFirst(2)
    var width = Tile.fullWidth
    if parts.count >= 2, parts[parts.count - 2].hasSuffix(".p") {
      guard let partial = Int(parts.removeLast()), (1..<Tile.fullWidth).contains(partial) else { return nil }
      width = partial
      parts[parts.count - 1] = parts[parts.count - 1].dropLast(2)
    }
    var index: UInt64 = 0
    for part in parts {
      let digits = part.utf8.first == 0x78 ? part.dropFirst() : part
      guard digits.utf8.count == 3, digits.utf8.allSatisfy(ASCII.isDigit), let number = UInt64(digits) else {
        return nil
      }
      let (product, overflow) = index.multipliedReportingOverflow(by: 1000)
      let (sum, carry) = product.addingReportingOverflow(number)
      guard !overflow, !carry else { return nil }
      index = sum
    }
    self.init(kind, index: index, width: width)
    // Plus signs, leading zeros and misplaced `x` are other spellings of the same number.
    guard self.path == path else { return nil }
  }

  /// The tiles on the right edge of the tree of `size` leaves: of each level the last one, unless that level has none.
  ///
  /// Where a level ends with a full tile, its hash is in the level above, so only partial tiles are on the edge.
  package static func edge(of size: UInt64) -> [Tile] {
    (0...7).compactMap { level in
      let hashes = size >> UInt64(8 * level)
      return hashes & 0xFF == 0 ? nil : Tile(.hashes(level: level), index: hashes >> 8, width: Int(hashes & 0xFF))
    }
  }
}
