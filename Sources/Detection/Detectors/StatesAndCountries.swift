import PHI

/// Finds states and countries, for readers that may not have even those.
///
/// ## What it finds
/// Names of states and countries with a capital, and postal abbreviations of states behind a comma or before a ZIP
/// code. They are told as towns: Safe Harbor has no kind for what it lets stay.
///
/// ## What it leaves alone
/// Everything, unless a profile does not keep states and countries; then still abbreviations that stand alone (`OR`,
/// `IN`, `MA`).
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(B) takes subdivisions smaller than a state; an expert may ask for more.
///
/// ## Examples
/// - `born in Ohio, raised in France`
struct StatesAndCountries {
  static func read(_ reading: inout Reading) {
    for index in 0..<reading.count where !reading.taken[index] && reading.isCapital(index) {
      guard let last = lastWord(from: index, in: reading), !reading.isTaken(index...last) else { continue }
      reading.find(.city, index...last, .medium, by: "state-or-country")
    }
  }

  /// The last word of the state or country that begins at `index`; nil when none does.
  private static func lastWord(from index: Int, in reading: Reading) -> Int? {
    let sense = reading.senses[index]
    if sense.isPostal, reading.word(index).length == 2 {
      let zip = reading.word(index + 1)
      let isAddressed = reading.isMark(index - 1, 0x2C) || zip.kind == .digits && zip.length == 5
      return reading.isAllCapitals(index) && isAddressed && !reading.isCredential(index) ? index : nil
    }
    if let (kind, last) = reading.phrase(at: index), kind.contains(.kept), last > index,
      reading.sense(last).isState || reading.sense(last).isCountry || first.contains(reading.hash(index))
    {
      return last
    }
    return sense.isState || sense.isCountry ? index : nil
  }

  private static let first = WordSet("new north south west rhode")
}
