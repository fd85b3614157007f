/// A person's name as somebody wrote it down, such as `Gonzalez Ruiz, María L.`, taken apart.
struct PersonalName: Sendable {
  /// The words that stand between spaces, given names first, each cut at its hyphens and apostrophes.
  private(set) var units: [[Letters]] = []

  /// A word in folded lower-case letters.
  typealias Letters = [UInt8]

  /// The name that `text` writes; without units when it writes none.
  init(_ text: [UInt8]) {
    let bytes = TextOrigin.fold(text).0.map(CharacterClass.lowercased)
    var sides = bytes.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == 0x2C || $0 == 0x5E }
      .map(PersonalName.units)
    // What follows a comma may be a suffix only: `John Smith, Jr.`
    if sides.count == 2, !sides[1].isEmpty { sides.swapAt(0, 1) }
    units = sides.flatMap { $0 }
  }

  /// The initials of the units, particles left out.
  var initials: Letters { units.compactMap(PersonalName.named).compactMap(\.first) }

  /// The given name, if there is more than a surname.
  var given: Letters? { units.count > 1 ? units.first.map { Letters($0.joined()) } : nil }

  /// What may be the surname, written in one: every unit after the first, with the particles before it and without, and
  /// the last two together; nothing when there is one unit only.
  var surnames: [Letters] {
    var surnames: [Letters] = []
    var particles: Letters = []
    for unit in units.dropFirst() {
      guard let core = PersonalName.named(unit) else {
        particles += unit[0]
        continue
      }
      if core.count > 2 || particles.count > 0 { surnames.append(core) }
      if !particles.isEmpty { surnames.append(particles + core) }
      particles = []
    }
    let cores = units.dropFirst().compactMap(PersonalName.named).suffix(2)
    if cores.count == 2 { surnames.append(Letters(cores.joined())) }
    return surnames
  }

  /// Whether a word joins the parts of names and is none itself: `de`, `van`.
  static func isParticle(_ word: Letters) -> Bool { particles.contains(WordHash.of(word)) }

  /// A unit written in one; nil for a particle.
  static func named(_ unit: [Letters]) -> Letters? {
    unit.count == 1 && isParticle(unit[0]) ? nil : Letters(unit.joined())
  }

  private static func units(_ side: ArraySlice<UInt8>) -> [[Letters]] {
    side.split { !CharacterClass.isLetter($0) && $0 != 0x2D && $0 != 0x27 }.compactMap { unit in
      let words = unit.split { !CharacterClass.isLetter($0) }.map { Letters($0) }
      guard !words.isEmpty, !(words.count == 1 && attachments.contains(WordHash.of(words[0]))) else { return nil }
      return words
    }
  }

  /// `text` with the letters that German and the languages of the north write in two, in full: `Müller` as `Mueller`;
  /// nil when it has none.
  static func spelledOut(_ text: String) -> String? {
    var changed = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "ä", "æ": changed += "ae"
      case "Ä", "Æ": changed += "Ae"
      case "ö", "ø", "œ": changed += "oe"
      case "Ö", "Ø", "Œ": changed += "Oe"
      case "ü": changed += "ue"
      case "Ü": changed += "Ue"
      case "å": changed += "aa"
      case "Å": changed += "Aa"
      default: changed.unicodeScalars.append(scalar)
      }
    }
    return changed == text ? nil : changed
  }

  private static let particles = WordSet(
    "de la las los del della di da das do dos du le van der den von zu ter ten al el bin ibn bint abu ben y e af av mac mc st"
  )
  /// Words beside a name that are no part of it.
  private static let attachments = WordSet(
    "mr mrs ms miss mx dr prof rev sir dame sr jr ii iii iv md do phd rn np pa dds dmd esq aprn lcsw")
}
