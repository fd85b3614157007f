/// The grammar of streets.
struct Street {
  private let page: Page

  init(_ page: borrowing Page) { self.page = copy page }

  /// The first and the last word of the street that the word at `index` belongs to.
  func street(at index: Int) -> (Int, Int)? {
    let word = page[index]
    if word.hash == Street.box { return box(index) }
    if Street.highways.contains(word.hash), let highway = highway(index) { return highway }
    if Street.markers.contains(word.hash), let marker = marker(index) { return marker }
    if word.roles.contains(.streetSuffix) || word.roles.contains(.rareSuffix), let named = named(index) { return named }
    if word.roles.contains(.streetPrefix), let prefixed = StreetPrefix(page).street(at: index) { return prefixed }
    return word.roles.contains(.unit) ? loneUnit(index) : nil
  }

  /// The last word of a second street after `last`.
  func crossing(after last: Int) -> Int? {
    guard !page.startsLine(last + 1) else { return nil }
    let join = page[last + 1]
    guard join.isMark(0x26) || join.hash == Street.and || join.hash == Street.at || join.isMark(0x2F) else {
      return nil
    }
    for end in last + 2..<last + 7 {
      if page.startsLine(end) || page[end].kind == .mark
        || !page[end].shape.contains(.initialCapital) && !page[end].hasDigit
      {
        // The second street may go without a suffix: `1st Ave & Pine`.
        return end == last + 3 && join.kind == .mark && page[last + 2].shape.contains(.initialCapital) ? last + 2 : nil
      }
      if page[end].roles.contains(.streetSuffix),
        page[last + 2].shape.contains(.initialCapital) || page[last + 2].hasDigit, end > last + 2
      {
        return end
      }
    }
    return nil
  }

  /// `PO Box 88`, `RR 2 Box 119`.
  private func box(_ index: Int) -> (Int, Int)? {
    var value = index + 1
    if page.isMark(value, 0x23) || page[value].roles.contains(.numberWord) { value += 1 }
    guard page[value].hasDigit, page[value].length <= 7, !page.startsLine(value) else { return nil }
    let before = page[index - 1]
    if before.hash == Street.po || before.hash == Street.pob { return (index - 1, value) }
    if before.isMark(0x2E), page[index - 2].hash == Street.o || page[index - 2].hash == Street.office {
      var first = index - 2
      while first > index - 6, page[first - 1].isMark(0x2E) || page[first - 1].hash == Street.p { first -= 1 }
      return (first, value)
    }
    if before.hash == Street.office, page[index - 2].hash == Street.post { return (index - 2, value) }
    if before.hasDigit, Street.routes.contains(page[index - 2].hash) { return (index - 2, value) }
    if before.isMark(0x2C), page[index - 2].hasDigit, Street.routes.contains(page[index - 3].hash) {
      return (index - 3, value)
    }
    return nil
  }

  /// `Hwy 20`, `I-95 exit 14`, `US Highway 9`, `County Road 12`.
  private func highway(_ index: Int) -> (Int, Int)? {
    var value = index + 1
    if page.isMark(value, 0x2D) { value += 1 }
    guard page[value].kind == .digits, page[value].length <= 4, !page.startsLine(value),
      page.endOfChunk(value) == value, !isIsotope(index, value),
      page[index].shape.contains(.initialCapital),
      !page.isMeasure(value + 1)
    else { return nil }
    var first = index
    while first > 0, !page.startsLine(first), page[first - 1].kind == .letters,
      Street.highwayPrefixes.contains(page[first - 1].hash)
    { first -= 1 }
    if page[first - 1].kind == .digits, !page.startsLine(first), page[first - 1].length <= 6 { first -= 1 }
    return (first, unit(after: exit(after: value) ?? value))
  }

  /// Whether `I-125` and its like name iodine.
  private func isIsotope(_ index: Int, _ value: Int) -> Bool {
    page[index].length == 1 && [123, 124, 125, 129, 131].contains(page.number(value) ?? 0)
  }

  private func exit(after last: Int) -> Int? {
    page[last + 1].hash == Street.exitWord && page[last + 2].hasDigit ? last + 2 : nil
  }

  /// `mile marker 14, Reno Road`, `Milepost 9.5`, `2200 block of Eastlake`, `Turnpike exit 14`.
  private func marker(_ index: Int) -> (Int, Int)? {
    if page[index].hash == Street.block {
      guard page[index - 1].kind == .digits, page[index + 1].hash == Street.of,
        page[index + 2].shape.contains(.initialCapital)
      else { return nil }
      var last = index + 2
      while page[last + 1].shape.contains(.initialCapital), page[last + 1].kind != .mark, !page.startsLine(last + 1),
        last < index + 5
      { last += 1 }
      return (index - 1, last)
    }
    if page[index].hash == Street.exitWord {
      guard page[index + 1].hasDigit, page[index - 1].shape.contains(.initialCapital), !page.startsLine(index) else {
        return nil
      }
      return (index - 1, index + 1)
    }
    var first = index
    if page[index].hash == Street.marker, page[index - 1].hash == Street.mile {
      first = index - 1
    } else if page[index].hash == Street.marker {
      return nil
    }
    guard page[index + 1].hasDigit, !page.startsLine(index + 1) else { return nil }
    var last = page.endOfChunk(index + 1)
    if page.isMark(last + 1, 0x2C) || page[last + 1].hash == Street.on {
      for end in last + 2..<last + 6
      where page[end].roles.contains(.streetSuffix) && page[last + 2].shape.contains(.initialCapital) {
        last = end
        break
      }
    }
    return (first, last)
  }

  /// `4419 S. Pulaski Rd.`, `Plum Hollow Rd`.
  private func named(_ index: Int) -> (Int, Int)? {
    let suffix = page[index]
    guard suffix.shape.contains(.initialCapital) || suffix.length > 3, !page.startsLine(index) else { return nil }
    var first = index
    var names = 0
    var passed = 0
    while first > 0, passed < 6, !page.startsLine(first) {
      let before = page[first - 1]
      // `RTC 2 WKS DR GOODMAN`
      if suffix.hash == Street.doctor, names == 0, before.roles.contains(.measure), page[first - 2].hasDigit { break }
      if before.isMark(0x2E), page[first - 2].roles.contains(.compass) || page[first - 2].hash == Street.saint {
        first -= 1
      } else if before.isMark(0x27) || before.isMark(0x2D), !page.isSpaced(first), !page.isSpaced(first - 1),
        page[first - 2].kind == .letters
      {
        first -= 1
      } else if before.hasDigit, isHouseNumber(first - 1, names) {
        return finished(first - 1, index, names, numbered: true)
      } else if before.kind != .mark && before.shape.contains(.initialCapital) || isOrdinal(first - 1) {
        if before.roles.contains(.streetSuffix), before.length <= 3, before.hash != Street.saint, names > 0 { break }
        if before.field != .none, before.roles.isDisjoint(with: .compass), names > 0 { break }
        names += 1
        first -= 1
      } else if before.kind == .letters, before.roles.contains(.compass) || Street.particles.contains(before.hash) {
        first -= 1
      } else if before.kind == .letters, names <= 2, suffix.length > 3, isNumberedInLowerCase(first - 1) {
        names += 1
        first -= 1
      } else {
        break
      }
      passed += 1
    }
    return finished(first, index, names, numbered: false)
  }

  private func isOrdinal(_ index: Int) -> Bool {
    page[index].kind == .mixed && page[index].length <= 5 && CharacterClass.isDigit(page.bytes[Int(page[index].start)])
      && CharacterClass.isLetter(page.bytes[page[index].end - 1]) && page[index].length >= 3
  }

  /// Whether a number stands before the lower-case word, as in `12 oak street`.
  private func isNumberedInLowerCase(_ index: Int) -> Bool {
    let before = page[index - 1]
    let first = before.kind == .letters && !page.startsLine(index) ? page[index - 2] : before
    return first.kind == .digits && first.length <= 5
      && !page.isMark(before.kind == .letters ? index - 3 : index - 2, 0x23)
      && page[index].roles.isDisjoint(with: [.measure, .afterDay, .timePreposition])
      && before.roles.isDisjoint(with: [.measure, .afterDay, .timePreposition])
  }

  private func isHouseNumber(_ index: Int, _ names: Int) -> Bool {
    let word = page[index]
    guard names > 0 || page[index + 1].roles.contains(.compass), word.length <= 6 else { return false }
    guard
      word.isNumber || word.kind == .mixed && !isOrdinal(index) && CharacterClass.isDigit(page.bytes[Int(word.start)])
    else { return false }
    if page.isMark(index - 1, 0x2F) || page.isMark(index - 1, 0x2E) || page.isMark(index - 1, 0x3A),
      !page.isSpaced(index)
    {
      return false
    }
    return true
  }

  private func finished(_ first: Int, _ index: Int, _ names: Int, numbered: Bool) -> (Int, Int)? {
    var first = first
    let suffix = page[index]
    if numbered {
      if page.isMark(first - 1, 0x2D), !page.isSpaced(first), page[first - 2].kind == .digits, !page.isSpaced(first - 1)
      {
        first -= 2
      }
      if suffix.roles.contains(.rareSuffix), !suffix.roles.contains(.streetSuffix), !endsAddress(index) { return nil }
      // `seen by 2 Bell Dr. Smith`: a doctor, not a drive.
      if suffix.hash == Street.doctor, page[index + 1].isMark(0x2E), page[index + 2].shape.contains(.initialCapital),
        !page.startsLine(index + 2),
        !page[index + 2].roles.contains(.unit), !page[index + 2].roles.contains(.compass)
      {
        return nil
      }
      return (first, unit(after: index))
    }
    if suffix.hash == Street.saint, page.isMark(index + 1, 0x2E), page[index + 2].shape.contains(.initialCapital),
      !page.startsLine(index + 2)
    {
      return nil
    }
    while first < index,
      page[first].kind == .mark || !page[first].shape.contains(.initialCapital) && !page[first].hasDigit
    { first += 1 }
    guard names > 0, first < index, suffix.shape.contains(.initialCapital), suffix.roles.contains(.streetSuffix),
      Street.sureSuffixes.contains(suffix.hash)
    else { return nil }
    // An institution may be named after a street.
    let next = page[index + 1]
    if next.kind == .letters, next.shape.contains(.initialCapital), !page.startsLine(index + 1),
      !next.roles.contains(.compass), !next.roles.contains(.unit)
    {
      return nil
    }
    return (first, unit(after: index))
  }

  /// Whether an address goes on or ends after the word: a comma, a unit, the end of the line, a bracket or a quote.
  private func endsAddress(_ index: Int) -> Bool {
    page.startsLine(index + 1) || page[index + 1].kind == .mark || page[index + 1].roles.contains(.unit)
      || page[index + 1].roles.contains(.compass)
      || page[index + 1].shape.contains(.initialCapital)
  }

  /// A flat or suite on a line or in a field of its own: `Apt. 297`, `Suite 410`.
  private func loneUnit(_ index: Int) -> (Int, Int)? {
    guard Street.flats.contains(page[index].hash), page[index].shape.contains(.initialCapital) else { return nil }
    var value = index + 1
    if page.isMark(value, 0x2E) || page.isMark(value, 0x23) { value += 1 }
    return page[value].hasDigit && !page.startsLine(value) && page[value].length <= 5 ? (index, value) : nil
  }

  /// The last word of what follows a street: compass, floor, flat, suite.
  private func unit(after index: Int) -> Int {
    var last = index
    while last < index + 12 {
      var next = last + 1
      guard !page.startsLine(next) else { break }
      if page.isMark(next, 0x2E), !page.isSpaced(next), !page.startsLine(next + 1),
        page[next + 1].roles.contains(.unit) || page.isMark(next + 1, 0x2C) || page.isMark(next + 1, 0x23)
      {
        next += 1
      }
      if page[next].roles.contains(.compass), page[next].shape.contains(.allCapitals), page[next].length <= 2,
        last == index
      {
        last = next
        continue
      }
      if page.isMark(next, 0x2C) { next += 1 }
      if page.isMark(next, 0x23), page[next + 1].kind != .mark, !page.isSpaced(next + 1) {
        last = next + 1
        continue
      }
      if page[next].roles.contains(.unit) {
        var value = next + 1
        if page.isMark(value, 0x2E) { value += 1 }
        if page.isMark(value, 0x23) { value += 1 }
        if !page.startsLine(value),
          page[value].hasDigit || page[value].length <= 2 && page[value].shape.contains(.allCapitals)
        {
          last = page.endOfChunk(value, joinedBy: { $0 == 0x2D })
          continue
        }
      } else if page[next].hasDigit || page[next].roles.contains(.ordinal), page[next + 1].roles.contains(.unit),
        !page.startsLine(next + 1)
      {
        last = next + 1
        continue
      }
      if page[next].hash == Street.rear, next > last {
        last = next
        continue
      }
      break
    }
    return last
  }

  private static let box = WordHash.of("box")
  private static let po = WordHash.of("po")
  private static let pob = WordHash.of("pobox")
  private static let p = WordHash.of("p")
  private static let o = WordHash.of("o")
  private static let office = WordHash.of("office")
  private static let post = WordHash.of("post")
  private static let block = WordHash.of("block")
  private static let exitWord = WordHash.of("exit")
  private static let marker = WordHash.of("marker")
  private static let mile = WordHash.of("mile")
  private static let of = WordHash.of("of")
  private static let on = WordHash.of("on")
  private static let and = WordHash.of("and")
  private static let at = WordHash.of("at")
  private static let rear = WordHash.of("rear")
  private static let saint = WordHash.of("st")
  private static let doctor = WordHash.of("dr")
  private static let flats = WordSet("apt apartment suite ste")
  private static let routes = WordSet("rr rt route rural hc psc cmr unit")
  private static let highways = WordSet("highway hwy interstate i route rte road rd us")
  private static let highwayPrefixes = WordSet("us state county old co farm ranch fm sr cr")
  private static let markers = WordSet("block exit marker milepost mp milemarker")
  private static let particles = WordSet("de la del las los van der du des of the")
  private static let sureSuffixes = WordSet(
    "street st avenue ave rd road lane ln boulevard blvd highway hwy parkway pkwy turnpike drive court trail way")
}
