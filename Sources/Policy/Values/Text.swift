/// A text of the Cedar language: equal when its UTF-8 bytes are equal.
///
/// `String` calls canonically equivalent texts equal; Cedar does not. The hash is taken once, with the process's seed.
package struct Text: Hashable, Sendable {
  /// The text as it was written.
  package let string: String
  private let fingerprint: Int

  /// The text `string`.
  package init(_ string: String) {
    var string = string
    string.makeContiguousUTF8()
    var hasher = Hasher()
    var count = 0
    for byte in string.utf8 {
      hasher.combine(byte)
      count += 1
    }
    hasher.combine(count)
    self.string = string
    fingerprint = hasher.finalize()
  }

  /// Whether the two are the same bytes.
  package static func == (left: Text, right: Text) -> Bool {
    left.fingerprint == right.fingerprint && left.string.utf8.elementsEqual(right.string.utf8)
  }

  /// Feeds the fingerprint.
  package func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}

extension Text: Comparable {
  /// Orders by bytes, so that a listing is the same on every machine.
  package static func < (left: Text, right: Text) -> Bool {
    left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
  }
}

extension Text: ExpressibleByStringLiteral {
  /// The text of a literal.
  package init(stringLiteral value: String) { self.init(value) }
}

extension Text: CustomStringConvertible {
  /// The text itself.
  package var description: String { string }
}
