extension Page {
  /// Whether the word at `index` says that something was done: a verb in `-ed`, an operation or an examination.
  func isDeed(_ index: Int) -> Bool {
    let word = self[index]
    guard word.kind == .letters, word.length >= 5, word.roles.isDisjoint(with: [.fraction, .measure, .age]),
      !Page.ratings.contains(word.hash)
    else { return false }
    let bytes = self.bytes[word.range]
    return Page.deeds.contains { ending in
      ending.count < bytes.count
        && zip(bytes.suffix(ending.count), ending).allSatisfy { CharacterClass.lowercased($0) == $1 }
    }
  }

  /// Whether the word at `index` is a count such as `x2`.
  func isTimes(_ index: Int) -> Bool {
    let word = self[index]
    guard word.kind == .mixed, word.length <= 3 else { return false }
    return CharacterClass.lowercased(bytes[Int(word.start)]) == 0x78
      && bytes[word.range].dropFirst().allSatisfy(CharacterClass.isDigit)
  }

  private static let deeds: [[UInt8]] = [
    "ed", "ectomy", "plasty", "scopy", "ostomy", "otomy", "graphy", "gram", "centesis", "biopsy",
  ]
  .map { Array($0.utf8) }
  /// Verbs after which a fraction is a result.
  private static let ratings = WordSet(
    """
    scored graded rated staged tested measured reduced increased decreased improved involved need speed
    """)
}
