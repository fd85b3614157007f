import PHI

/// The shape of an unlabelled code, and whether it is likely to point at somebody.
struct CodeShape {
  private let first: Int
  private let last: Int
  private var digits = 0
  private var letters = 0
  private var capitals = 0
  private var hyphens = 0
  private var dots = 0
  private var slashes = 0
  private var underscores = 0
  private var groups: [Int] = []
  private var longestWord = 0

  /// A code with fewer digits points at nobody.
  static let fewestDigits = 4

  /// Whether `mark` joins the parts of a code.
  static func joins(_ mark: UInt8) -> Bool { mark == 0x2D || mark == 0x5F || mark == 0x2E || mark == 0x2F }

  init(_ page: borrowing Page, _ first: Int, _ last: Int) {
    self.first = first
    self.last = last
    groups.reserveCapacity((last - first) / 2 + 1)
    for index in first...last {
      let word = page[index]
      guard word.kind != .mark else {
        switch word.value {
        case 0x2D: hyphens += 1
        case 0x2E: dots += 1
        case 0x2F: slashes += 1
        default: underscores += 1
        }
        continue
      }
      groups.append(Int(word.length))
      for byte in page.bytes[word.range] {
        if CharacterClass.isDigit(byte) {
          digits += 1
        } else {
          letters += 1
          if byte &- 0x41 < 26 { capitals += 1 }
        }
      }
      if word.kind == .letters { longestWord = max(longestWord, Int(word.length)) }
    }
  }

  /// How likely the code points at somebody; nil when it need not be covered.
  func confidence(on page: borrowing Page) -> Confidence? {
    guard digits >= CodeShape.fewestDigits, dots == 0, slashes == 0, !isPublic(page), !isPublished(page),
      !page.isMeasure(last + 1)
    else { return nil }
    if isUUID { return .high }
    if isObstetric(page) { return nil }
    if groups.count > 2, groups[0] == 4, groups[1] == 2, (1900...2099).contains(page.number(first) ?? 0) { return nil }
    if page.bytes[page[first].range].starts(with: CodeShape.claimVersion) { return nil }
    if letters == 0 { return plainDigits(page) }
    guard longestWord <= 6 else { return nil }
    if hyphens + underscores > 0 { return digits >= 5 && (capitals == letters || digits >= 6) ? .medium : nil }
    if letters + digits >= 12, capitals == 0 || capitals < letters, hyphens == 0, digits >= 4 { return .low }
    // One word of letters and digits: a code has its letters in capitals and at least five digits.
    return digits >= 5 && letters <= 4 && capitals == letters ? .medium : nil
  }

  /// Whether the code begins like a trial's registration or a drug's code of a manufacturer.
  private func isPublished(_ page: borrowing Page) -> Bool {
    CodeShape.publishers.contains(WordHash.of(page.bytes[page[first].range].prefix { !CharacterClass.isDigit($0) }))
  }

  private func plainDigits(_ page: borrowing Page) -> Confidence? {
    if underscores > 0 { return digits >= 6 ? .low : nil }
    if hyphens == 0 { return digits >= 7 && digits <= 20 && !isGrouped(page) ? .low : nil }
    guard digits >= 7, groups.allSatisfy({ $0 >= 2 }), !isPages(page) else { return nil }
    let isYears = groups == [4, 4] && (page.number(first) ?? 0) / 100 == (page.number(last) ?? 0) / 100
    let isDrugCode = [[5, 4, 2], [5, 3, 2], [4, 4, 2], [5, 4, 1]].contains(groups)
    return isYears || isDrugCode ? nil : .medium
  }

  /// Whether a volume and a colon stand right before: `371:993-1004`.
  private func isPages(_ page: borrowing Page) -> Bool {
    page.isMark(first - 1, 0x3A) && !page.isSpaced(first) && !page.isSpaced(first - 1)
      && page[first - 2].kind == .digits
  }

  /// `G3P1011`: pregnancies and how they ended.
  private func isObstetric(_ page: borrowing Page) -> Bool {
    guard first == last, page[first].length <= 9, letters == 2, capitals == 2 else { return false }
    let bytes = page.bytes[page[first].range]
    return bytes.first == 0x47 && bytes.dropFirst().drop(while: CharacterClass.isDigit).first == 0x50
  }

  private var isUUID: Bool { groups == [8, 4, 4, 4, 12] }

  /// Whether the digits belong to a longer figure: a decimal, an amount, a figure with thousands.
  private func isGrouped(_ page: borrowing Page) -> Bool {
    let before = page[first - 1]
    let after = page[last + 1]
    return !page.isSpaced(first)
      && (before.isMark(0x24) || before.isMark(0x2C) && page[first - 2].kind == .digits && page[first - 2].length <= 3)
      || !page.isSpaced(last + 1)
        && (after.isMark(0x2C) && page[last + 2].kind == .digits && page[last + 2].length == 3
          && !page.isSpaced(last + 2) || after.isMark(0x3B))
  }

  /// Whether a word before the code says that it belongs to a public vocabulary or names a product.
  private func isPublic(_ page: borrowing Page) -> Bool {
    var index = first - 1
    var passed = 0
    while index >= 0, passed < 6, !page.startsLine(index + 1) {
      let word = page[index]
      if word.roles.contains(.publicCode) || word.hash == CodeShape.ref { return true }
      if word.kind == .mark {
        if ![0x3A, 0x23, 0x28, 0x22, 0x3D, 0x2D, 0x2E, 0x27].contains(word.value) { return false }
      } else if !word.roles.contains(.connector), !word.hasDigit {
        return false
      }
      index -= 1
      passed += 1
    }
    return false
  }

  /// The version of an X12 guide, such as `005010X222A1`.
  private static let claimVersion: [UInt8] = Array("005010X".utf8)
  private static let publishers = WordSet(
    "nm np nc ng nr xm enst ensg ensp rs cosm rcv vcv scv hgnc hp mondo orpha cvcl atcc nct isrctn eudract chictr grch pmc bms mk pf ly gsk azd abt amg ro gs jnj sar tak bay sch vx incb asp regn aln nvp cas"
  )
  private static let ref = WordHash.of("ref")
}
