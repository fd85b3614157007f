/// A way to sort the marked places of a corpus into groups.
package struct Grouping: Sendable {
  /// What the groups are groups of, such as `origin`.
  package let name: String
  /// The group of a place in its document; nil when it has none.
  package let group: @Sendable (GoldSpan, GoldDocument) -> String?

  /// Groups that `group` tells.
  package init(_ name: String, by group: @escaping @Sendable (GoldSpan, GoldDocument) -> String?) {
    self.name = name
    self.group = group
  }

  /// By the kind of identifier.
  package static let label = Grouping("label") { span, _ in span.label }
  /// By the kind of document.
  package static let genre = Grouping("genre") { _, document in document.genre }
  /// By the way the document is written.
  package static let style = Grouping("style") { _, document in document.style }
  /// By the sex of the person named.
  package static let sex = Grouping("sex") { span, _ in span.sex }
  /// By the letters of the text around: `lower`, `ALL CAPS` or `mixed`.
  package static let letterCase = Grouping("case") { span, document in
    LetterCase(around: span.range, in: document.text).rawValue
  }

  /// By where the name of a person comes from: as its span says, or as `told` tells of its last word.
  package static func origin(told: (@Sendable (_ surname: String) -> String?)? = nil) -> Grouping {
    Grouping("origin") { span, document in
      if let origin = span.origin { return origin }
      guard let told, span.label.hasPrefix("NAME") else { return nil }
      return told(surname(of: span, in: document))
    }
  }

  /// The part before a comma or a delimiter, else the last word that is no suffix or initial.
  private static func surname(of span: GoldSpan, in document: GoldDocument) -> String {
    let name = String(
      String.UnicodeScalarView(document.text.unicodeScalars.dropFirst(span.range.lowerBound).prefix(span.range.count)))
    let parts = name.split(omittingEmptySubsequences: true) { ",^*".contains($0) }
    if parts.count > 1, let first = parts.first { return String(first) }
    let words = name.split(whereSeparator: \.isWhitespace)
    let last = words.last { $0.count > 2 && $0.last != "." && !["III", "Jr.", "Sr."].contains($0) }
    return String(last ?? words.last ?? "")
  }
}

/// How the text around a place uses capitals.
package enum LetterCase: String, Sendable {
  case lower
  case upper = "ALL CAPS"
  case mixed

  /// The use of capitals in the hundred code points on either side of `range`, and in it.
  ///
  /// A few letters against the rule are let pass: an initial in a dictation, a unit in a report in capitals.
  package init(around range: Range<Int>, in text: String) {
    let start = max(0, range.lowerBound - 100)
    let window = text.unicodeScalars.dropFirst(start).prefix(range.upperBound + 100 - start)
    let capitals = window.count { $0.properties.isUppercase }
    let small = window.count { $0.properties.isLowercase }
    self = capitals * 50 <= small ? .lower : small * 10 <= capitals ? .upper : .mixed
  }
}
