internal import Bytes

/// Invented streets, towns, facilities and organizations.
enum SurrogatePlace {
  /// A street with other numbers and another name; the words for the kind of street and for a unit stay.
  static func street(like value: String, using draw: inout KeyedDraw) -> String {
    let words = value.split(whereSeparator: \.isWhitespace)
    func isIn(_ words: Set<String>, _ word: Substring) -> Bool {
      !word.contains(where: \.isNumber) && words.contains(word.lowercased().filter { $0.isLetter || $0 == "#" })
    }
    if words.count > 1, isIn(["po", "p", "box", "pobox", "rr"], words[0]) { return redrawn(value, &draw) }
    var parts: [String] = []
    var rest = words[...]
    if let first = rest.first, first.contains(where: \.isNumber), first.count(where: \.isLetter) < 2 {
      parts.append(redrawn(String(first), &draw))
      rest = rest.dropFirst()
    }
    if rest.isEmpty { return parts.joined() }
    let isShouting = Capitals(of: Array(value.utf8).span) == .all
    parts.append((isShouting ? Capitals.all : .first).writing(draw.pick(PlaceNames.streets)))
    let kind = rest.firstIndex { isIn(PlaceNames.streetKinds, $0) && $0 != rest.first } ?? rest.endIndex
    var isUnit = false
    for (place, word) in rest[kind...].enumerated() {
      isUnit = isUnit || isIn(PlaceNames.units, word)
      guard place == 0 || isUnit else { break }
      parts.append(redrawn(String(word), &draw))
    }
    return parts.joined(separator: " ")
  }

  /// A facility or an organization with another name and the same words for what it is.
  static func institution(like value: String, isFacility: Bool, using draw: inout KeyedDraw) -> String {
    let words = value.split(separator: " ")
    let letters = value.filter(\.isLetter)
    if words.count == 1, (2...6).contains(letters.count), letters == letters.uppercased() {
      return String(letters.map { _ in draw.pick(Array("ABCDEFGHILMNPRSTVW")) })
    }
    let kinds = isFacility ? PlaceNames.facilityKinds : PlaceNames.organizationKinds
    let tail =
      words.firstIndex { kinds.contains($0.lowercased().filter(\.isLetter)) && $0 != words.first } ?? words.endIndex
    let isSaint = ["st", "saint", "ste"].contains((words.first ?? "").lowercased().filter(\.isLetter))
    var name = draw.pick(PlaceNames.institutions)
    if isSaint, let saint = words.first { name = "\(saint) \(draw.pick(PlaceNames.saints))" }
    let kept = words[tail...].prefix { kinds.contains($0.lowercased().filter(\.isLetter)) }
    let capitals = Capitals(of: Array(value.utf8).span)
    return ([capitals == .first ? name : capitals.writing(name)] + kept.map(String.init)).joined(separator: " ")
  }

  static func city(like value: String, using draw: inout KeyedDraw) -> String {
    let capitals = Capitals(of: Array(value.utf8).span)
    let name = draw.pick(PlaceNames.towns)
    return capitals == .first ? name : capitals.writing(name)
  }

  static func county(like value: String, using draw: inout KeyedDraw) -> String {
    let kind = value.split(separator: " ").last.map(String.init) ?? ""
    let hasKind = ["county", "parish", "borough"].contains(kind.lowercased()) && kind.count < value.count
    let name = Capitals(of: Array(value.utf8).span).writing(draw.pick(PlaceNames.counties))
    return hasKind ? "\(name) \(kind)" : name
  }

  /// `text` with other digits.
  private static func redrawn(_ text: String, _ draw: inout KeyedDraw) -> String {
    String(
      text.map { $0.isNumber ? Character(String(Int.random(in: 1...9, using: &draw))) : $0 })
  }
}

extension Capitals {
  /// `word` written in this way.
  func writing(_ word: String) -> String {
    var output: [UInt8] = []
    write(word, into: &output)
    return String(decoding: output, as: UTF8.self)
  }
}
