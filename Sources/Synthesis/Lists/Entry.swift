/// A line of a list: text with references to other lists, numbers and shapes between angle brackets.
///
/// | written | becomes |
/// |---|---|
/// | `<surname>` | an entry of the list `surname`, or a fresh name |
/// | `<3-18>` `<3.1-5.4>` | a number between the two, with as many decimals |
/// | `<#AA-9##>` | a code of this `Shape` |
/// | `<?, NW>` | the text, every other time; it may not hold references |
/// | `<=red/green>` | one of these texts |
/// | ` ~ ` | the end of what may stand for the whole name |
struct Entry: Sendable {
  enum Part: Sendable {
    case text(String)
    case list(String)
    case name(FreshName)
    case number(low: Int, high: Int, decimals: Int)
    case shape(Shape)
    case maybe(String)
    case oneOf([String])
    case shortEnd
  }

  /// What is made rather than listed.
  enum FreshName: String, Sendable {
    case given, surname, town, word
    case year
  }

  let parts: [Part]

  /// Reads a line; nil when a bracket is not closed or holds nothing known.
  init?(_ line: Substring) {
    var parts: [Part] = []
    var rest = line
    while let open = rest.firstIndex(of: "<") {
      Entry.append(text: rest[..<open], to: &parts)
      guard let close = rest[open...].firstIndex(of: ">"), let part = Entry.part(rest[rest.index(after: open)..<close])
      else { return nil }
      parts.append(part)
      rest = rest[rest.index(after: close)...]
    }
    Entry.append(text: rest, to: &parts)
    self.parts = parts
  }

  private static func append(text: Substring, to parts: inout [Part]) {
    let pieces = String(text).split(separator: " ~ ", omittingEmptySubsequences: false)
    for (index, piece) in pieces.enumerated() {
      if index > 0 {
        parts.append(.shortEnd)
        parts.append(.text(" "))
      }
      if !piece.isEmpty { parts.append(.text(String(piece).replacing("\\n", with: "\n"))) }
    }
  }

  private static func part(_ inside: Substring) -> Part? {
    switch inside.first {
    case "#": return .shape(Shape(inside.dropFirst()))
    case "?": return .maybe(String(inside.dropFirst()))
    case "=":
      return .oneOf(inside.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init))
    case .some(let first) where first.isNumber: return number(inside)
    case .some: return FreshName(rawValue: String(inside)).map(Part.name) ?? .list(String(inside))
    case nil: return nil
    }
  }

  private static func number(_ inside: Substring) -> Part? {
    let ends = inside.split(separator: "-")
    guard ends.count == 2 else { return nil }
    let decimals = ends[0].firstIndex(of: ".").map { ends[0].distance(from: $0, to: ends[0].endIndex) - 1 } ?? 0
    guard let low = Int(ends[0].filter { $0 != "." }), let high = Int(ends[1].filter { $0 != "." }), low <= high else {
      return nil
    }
    return .number(low: low, high: high, decimals: decimals)
  }
}
