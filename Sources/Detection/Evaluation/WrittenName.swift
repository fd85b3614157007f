/// The parts of a person's name as a document writes it, as far as its form tells them.
struct WrittenName {
  /// The surname, or the only part.
  let surname: String?
  /// The given name, when there is more than one part.
  let given: String?

  /// The parts of the name that a span marks; nil when the span marks no name.
  init?(_ span: GoldSpan, in document: GoldDocument) {
    guard span.label.hasPrefix("NAME") else { return nil }
    let scalars = document.text.unicodeScalars.dropFirst(span.range.lowerBound).prefix(span.range.count)
    self.init(String(String.UnicodeScalarView(scalars)))
  }

  /// The parts of `name`: surname first when a comma or a message's delimiter stands between, else given name first.
  init(_ name: String) {
    let parts = name.split { ",^*".contains($0) }
    let words = (parts.count > 1 ? parts[1...].joined(separator: " ") : name).split(whereSeparator: \.isWhitespace)
    let long = words.filter { $0.count > 1 && $0.last != "." && !WrittenName.suffixes.contains($0.lowercased()) }
    if parts.count > 1 {
      surname = parts.first.map(String.init)
      given = long.first.map(String.init)
    } else {
      surname = (long.last ?? words.last).map(String.init)
      given = long.count > 1 ? long.first.map(String.init) : nil
    }
  }

  private static let suffixes: Set<String> = ["ii", "iii", "iv", "jr", "sr"]
}
