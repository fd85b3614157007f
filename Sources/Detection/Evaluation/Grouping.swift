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
  /// By the letters of the text around: `lower`, `ALL CAPS` or `mixed`.
  package static let letterCase = Grouping("case") { span, document in
    LetterCase(around: span.range, in: document.text).rawValue
  }

  /// By where the name of a person comes from: as its span says, or as `told` tells of the surname.
  package static func origin(told: (@Sendable (_ surname: String) -> String?)? = nil) -> Grouping {
    Grouping("origin") { span, document in
      span.origin ?? WrittenName(span, in: document).flatMap { $0.surname }.flatMap { told?($0) }
    }
  }

  /// By the sex of the person named: as the span says, or as `told` tells of the given name.
  package static func sex(told: (@Sendable (_ given: String) -> String?)? = nil) -> Grouping {
    Grouping("sex") { span, document in
      span.sex ?? WrittenName(span, in: document).flatMap { $0.given }.flatMap { told?($0) }
    }
  }
}
