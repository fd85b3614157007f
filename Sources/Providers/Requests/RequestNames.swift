package import Bytes

/// Names and ids of a caller's that went out under others: what the answer calls them is what the caller does.
package struct RequestNames: Sendable, Equatable {
  var originals: [[UInt8]: [UInt8]] = [:]
  var own: [[UInt8]: [UInt8]] = [:]

  /// No name at all.
  package init() {}

  /// Whether every name went out as it is.
  package var isEmpty: Bool { originals.isEmpty }

  /// What `name` goes out as, from now on; it begins with `prefix`.
  mutating func name(for name: [UInt8], after prefix: [UInt8]) -> [UInt8] {
    if let own = own[name] { return own }
    let made = prefix + RequestNames.mark + Array("\(originals.count + 1)".utf8)
    own[name] = made
    originals[made] = name
    return made
  }

  /// What the caller calls what went out as `name`; nil when it went out as it is.
  func original(of name: [UInt8]) -> [UInt8]? { originals[name] }

  /// Stands in every name that is made here.
  private static let mark = Array("cordon".utf8)

  /// The names as JSON, for a later request of the same conversation: `[["made","the caller's own"]]`.
  package var json: JSONValue {
    .array(
      originals.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { made, original in
        .array([.string(String(decoding: made, as: UTF8.self)), .string(String(decoding: original, as: UTF8.self))])
      })
  }

  /// The names that the JSON is; nil when it is none.
  package init?(_ json: JSONValue) {
    guard let pairs = json.array else { return nil }
    for pair in pairs {
      guard let parts = pair.array, parts.count == 2, let made = parts[0].string, let original = parts[1].string else {
        return nil
      }
      originals[Array(made.utf8)] = Array(original.utf8)
      own[Array(original.utf8)] = Array(made.utf8)
    }
  }

  /// Whether `name` could be one that is made here, so that it must not go out as it is.
  static func mayBeOwn(_ name: Span<UInt8>) -> Bool {
    var end = name.count
    while end > 0, ASCII.isDigit(name[end - 1]) { end -= 1 }
    return end < name.count && name.spells("cordon", at: end - mark.count)
  }
}
