/// A way in which real text is spoilt.
enum Style: String, CaseIterable, Sendable {
  case lower, caps, ocr, wrap, flat, spaces, unpunctuated, typographic, decomposed, stripped, typos, wide, invisible

  /// Which styles a document gets: six in ten get none, few get two.
  static func drawn(for traits: Set<Template.Trait>, using dice: inout Dice) -> [Style] {
    var styles: [Style] = []
    if traits.contains(.keep) {
      if dice.chance(12) { styles.append(dice.chance(75) ? .stripped : .decomposed) }
    } else if dice.chance(42) {
      styles.append(Style.allCases[dice.weighted([30, 18, 14, 14, 12, 6, 6, 10, 4, 6, 12, 1, 2])])
      if dice.chance(25) {
        let second = dice.pick([Style.lower, .wrap, .flat, .spaces, .typographic, .typos, .unpunctuated, .stripped])
        if !styles.contains(second), !(styles[0] == .caps && second == .lower) { styles.append(second) }
      }
    }
    if traits.contains(.lower), !styles.contains(.lower), !styles.contains(.caps) { styles.append(.lower) }
    if traits.contains(.caps) { styles = styles.filter { $0 != .lower && $0 != .caps } + [.caps] }
    return styles
  }

  /// Spoils a page.
  func apply(to page: inout Page, using dice: inout Dice) {
    switch self {
    case .lower: page.letters = page.letters.map { Page.Letter($0.scalar.lowered, $0.mark) }
    case .caps: page.capitalize()
    case .ocr: page.scan(using: &dice)
    case .wrap: page.wrap(width: dice.number(in: 58...82))
    case .flat: page.flatten(mark: dice.chance(20) ? " / " : " ")
    case .spaces: page.widen(percent: dice.number(in: 3...25), using: &dice)
    case .unpunctuated: page.dropPunctuation(percent: dice.number(in: 30...100), using: &dice)
    case .typographic: page.setTypographically(using: &dice)
    case .decomposed: page.decompose()
    case .stripped: page.strip()
    case .typos: page.mistype(percent: dice.number(in: 2...8), using: &dice)
    case .wide: page.widenDigits(letters: dice.chance(30))
    case .invisible: page.sprinkle(using: &dice)
    }
  }
}
