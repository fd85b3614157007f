/// Streets whose kind comes first, and streets whose kind ends their name, as in many languages of Europe.
struct StreetPrefix {
  private let page: Page

  init(_ page: borrowing Page) { self.page = copy page }

  /// `20 Rue Hoche`, `Calle Mayor 5`, `Avenida de la Paz 12`, with the kind of street at `index`.
  func street(at index: Int) -> (Int, Int)? {
    guard !page.startsLine(index + 1),
      page[index].hash != StreetPrefix.via || page[index].shape.contains(.initialCapital)
    else { return nil }
    var last = index
    var names = 0
    while last < index + 6, !page.startsLine(last + 1) {
      let next = page[last + 1]
      if next.kind == .mark, next.value == 0x2E && last == index || next.value == 0x27 || next.value == 0x2D,
        !page.isSpaced(last + 1)
      {
        last += 1
      } else if next.kind == .letters, next.shape.contains(.initialCapital) {
        names += 1
        last += 1
      } else if next.kind == .letters, StreetPrefix.particles.contains(next.hash) {
        last += 1
      } else {
        break
      }
    }
    guard names > 0 else { return nil }
    if isHouseNumber(last + 1), !page.startsLine(last + 1) {
      return (isHouseNumber(index - 1) && !page.startsLine(index) ? index - 1 : index, last + 1)
    }
    return isHouseNumber(index - 1) && !page.startsLine(index) && page[last].shape.contains(.initialCapital)
      ? (index - 1, last) : nil
  }

  /// The street whose house number is at `index`: `Strickstrasse 61`, `Hansinegata 120`.
  func compound(before index: Int) -> Int? {
    let name = page[index - 1]
    guard isHouseNumber(index), !page.startsLine(index), page.isSingleSpaced(index), name.kind == .letters,
      name.length >= 7,
      name.shape.contains(.initialCapital)
    else { return nil }
    let letters = page.bytes[name.range].map(CharacterClass.lowercased)
    guard
      StreetPrefix.endings.contains(where: {
        letters.count > $0.count + 2 && letters.suffix($0.count).elementsEqual($0)
      })
    else { return nil }
    return index - 1
  }

  private func isHouseNumber(_ index: Int) -> Bool {
    let word = page[index]
    return word.hasDigit && word.length <= 5 && CharacterClass.isDigit(page.byte(at: Int(word.start)))
      && !page.isMeasure(index + 1)
      && !page.isMark(index + 1, 0x2F)
  }

  /// In lower case a preposition.
  private static let via = WordHash.of("via")
  private static let particles = WordSet(
    "de la del las los di della delle do da dos du des le el van der den")
  private static let endings =
    "strasse straat gata gatan gade vagen vegen veien vej weg allee platz gasse laan katu utca"
    .split(separator: " ").map { Array($0.utf8) }
}
