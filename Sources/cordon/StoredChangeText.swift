import Bytes

/// What an entry says of a change of stored data, for a table: the beginnings of the two codes, and how what is gone was
/// removed.
struct StoredChangeText {
  /// The text; `-` where the entry says nothing of the kind.
  let text: String

  init(_ fields: JSONValue?) {
    func code(_ name: String) -> String? { fields?[name]?.string.map { String($0.prefix(8)) } }
    let (before, after, method) = (code("before"), code("after"), fields?["method"]?.string)
    let change = before == nil && after == nil ? nil : "\(before ?? "nothing") to \(after ?? "nothing")"
    let parts = [change, method].compactMap(\.self)
    text = parts.isEmpty ? "-" : parts.joined(separator: ", ")
  }
}
