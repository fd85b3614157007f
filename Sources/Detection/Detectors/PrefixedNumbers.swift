package import PHI

/// Finds numbers written together with their label, after `#`, in part or as words, and owners in listings of files.
///
/// ## What it finds
/// `MRN0085770` and `ACC817` in names of files, a number after `#`, five to six digits said aloud, the owner in a line
/// of `ls -l`, the user in `publickey for …`.
///
/// ## What it leaves alone
/// Counts of tablets after `#`, counting aloud, catalogue and model numbers, owners that are no person.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(H), (J) and (R): a number is an identifier however its label is joined to it.
///
/// ## Examples
/// - `read back as ⟦four four seven one eight two⟧`
/// - `dispense #30, refills 2`
package struct PrefixedNumbers: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    for number in page.numbers {
      let index = Int(number)
      if let (identifier, range) = labelled(index, page) {
        append(identifier, range, .high, &findings)
      } else if isNumbered(index, page) {
        append(.otherNumber, page[index].range, .medium, &findings)
      }
    }
    for line in page.lines {
      if let owner = owner(Int(line), page) { append(.otherNumber, page[owner].range, .high, &findings) }
    }
    var next = 0
    for cue in page.cues where Int(cue) >= next {
      guard page[Int(cue)].roles.contains(.cardinal), let last = spokenEnd(Int(cue), page, &next) else { continue }
      append(.otherNumber, page.range(from: Int(cue), through: last), .medium, &findings)
    }
    for (index, word) in page.words.enumerated() where word.hash == PrefixedNumbers.forWord {
      guard PrefixedNumbers.logins.contains(page[index - 1].hash) else { continue }
      var user = index + 1
      if page[user].hash == PrefixedNumbers.invalid { user += 2 }
      guard !page.startsLine(user), page[user].kind != .mark, page[user + 1].hash == PrefixedNumbers.from,
        !PrefixedNumbers.systems.contains(page[user].hash)
      else { continue }
      append(.otherNumber, page[user].range, .high, &findings)
    }
  }

  private func append(
    _ identifier: Identifier, _ range: Range<Int>, _ confidence: Confidence, _ findings: inout [Finding]
  ) {
    findings.append(Finding(identifier, at: range, confidence: confidence, by: "prefixed-number"))
  }

  /// The digits after the letters of a label in one word.
  private func labelled(_ index: Int, _ page: borrowing Page) -> (Identifier, Range<Int>)? {
    let word = page[index]
    guard word.kind == .mixed, word.length >= 6, word.length <= 20 else { return nil }
    let bytes = page.bytes[word.range]
    let letters = bytes.prefix { CharacterClass.isLetter($0) }
    let digits = bytes.dropFirst(letters.count)
    guard (2...4).contains(letters.count), digits.count >= 3, digits.allSatisfy(CharacterClass.isDigit),
      let identifier = PrefixedNumbers.labels[WordHash.of(letters)]
    else { return nil }
    let isInName =
      page.isMark(index - 1, 0x5F) || page.isMark(index - 1, 0x2D) || page.isMark(index + 1, 0x5F)
      || page.isMark(index + 1, 0x2E) && !page.isSpaced(index + 2)
    return isInName || digits.count >= 5 ? (identifier, digits.startIndex..<digits.endIndex) : nil
  }

  /// Whether the word is a number of four digits or more right after `#`.
  private func isNumbered(_ index: Int, _ page: borrowing Page) -> Bool {
    let word = page[index]
    guard word.kind == .digits, word.length >= 4, page.isMark(index - 1, 0x23), !page.isSpaced(index),
      !page.isMeasure(index + 1), page[index - 2].kind == .letters
    else { return false }
    return !(index - 4...index - 2).contains { page[$0].roles.contains(.publicCode) }
  }

  /// The owner in a line that starts with the permissions of a file.
  private func owner(_ first: Int, _ page: borrowing Page) -> Int? {
    let start = Int(page[first].start)
    guard start + 10 < page.bytes.count, page.bytes[start + 10] == 0x20 || page.bytes[start + 10] == 0x2B,
      page.bytes[start..<start + 10].allSatisfy(PrefixedNumbers.permissions.contains)
    else { return nil }
    var index = first
    while index < first + 12, Int(page[index].start) < start + 11 { index += 1 }
    guard page[index].kind == .digits, page.isSpaced(index + 1), page[index + 1].kind != .mark,
      !page.startsLine(index + 1), !PrefixedNumbers.systems.contains(page[index + 1].hash)
    else { return nil }
    return index + 1
  }

  /// The last of five or six digits said aloud that do not just count.
  private func spokenEnd(_ first: Int, _ page: borrowing Page, _ next: inout Int) -> Int? {
    var last = first
    var counts = true
    while isDigit(last, page), isDigit(last + 1, page), !page.startsLine(last + 1) {
      if page[last + 1].value != page[last].value &+ 1, page[last].value != page[last + 1].value &+ 1 { counts = false }
      last += 1
    }
    next = last + 1
    return (5...6).contains(last - first + 1) && !counts ? last : nil
  }

  private func isDigit(_ index: Int, _ page: borrowing Page) -> Bool {
    page[index].roles.contains(.cardinal) && page[index].value < 10
  }

  private static let forWord = WordHash.of("for")
  private static let from = WordHash.of("from")
  private static let invalid = WordHash.of("invalid")
  private static let logins = WordSet("publickey password interactive pam")
  private static let systems = WordSet(
    "root daemon nobody bin sys www data nginx apache postgres mysql admin staff users mail backup syslog user")
  private static let permissions = Set("-dlrwxsStT".utf8)
  private static let labels: [UInt64: Identifier] = {
    var labels: [UInt64: Identifier] = [:]
    for hash in WordHash.all(in: "mrn mr emrn hn") { labels[hash] = .medicalRecordNumber }
    for hash in WordHash.all(in: "acct har csn fin") { labels[hash] = .accountNumber }
    for hash in WordHash.all(in: "acc accn enc ord req spec case rx pt pat pid subj") { labels[hash] = .otherNumber }
    return labels
  }()
}
