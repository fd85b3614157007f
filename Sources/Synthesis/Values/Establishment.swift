/// A hospital, a clinic or another place of care, with all its names.
struct Establishment: Sendable {
  let whole: String
  let short: String
  let acronym: String

  /// A new one of a kind (`hospital`, `clinic` …), or of any kind where that is empty.
  init(_ kind: String, from coinage: Coinage, using dice: inout Dice) {
    let kinds = ["hospital", "clinic", "nursing", "pharmacy", "lab", "other"]
    let list =
      kinds.contains(kind)
      ? kind : kinds[dice.weighted(kind.isEmpty ? [34, 26, 14, 9, 6, 11] : [60, 30, 10, 0, 0, 0])]
    (whole, short) = coinage.text(of: "facility-\(list)", using: &dice)
    acronym = Establishment.acronym(of: whole) ?? coinage.text(of: "facility-acronym", using: &dice).whole
  }

  /// The name in a form of the templates.
  func name(_ form: String) -> String {
    switch form {
    case "short": short
    case "acronym": acronym
    case "caps": whole.uppercased()
    default: whole
    }
  }

  /// The first letters of a name's words; nil when there are too few or too many.
  private static func acronym(of name: String) -> String? {
    let letters = name.split { " -/".contains($0) }.compactMap(\.first).filter(\.isUppercase)
    return (3...5).contains(letters.count) ? String(letters) : nil
  }
}
