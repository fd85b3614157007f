/// Makes words that look like those of a list and are not among them.
///
/// Letters follow each other as in the list, by chance of the two before (or of the one before, where the list is too
/// short for anything new): a reader who only knows lists does not know the word, one who knows how names look does.
struct Speller: Sendable {
  private var afterTwo: [UInt64: [Unicode.Scalar]] = [:]
  private var afterOne: [UInt64: [Unicode.Scalar]] = [:]
  private let known: Set<String>
  private static let edge: Unicode.Scalar = "\0"

  init(_ words: [String]) {
    known = Set(words.map { $0.lowercased() })
    for word in words {
      var (before, last) = (Speller.edge, Speller.edge)
      for scalar in Array(word.unicodeScalars) + [Speller.edge] {
        afterTwo[Speller.key(before, last), default: []].append(scalar)
        afterOne[Speller.key(Speller.edge, last), default: []].append(scalar)
        (before, last) = (last, scalar)
      }
    }
  }

  /// A new word; nil when chance gives none in a few throws.
  func word(using dice: inout Dice) -> String? {
    for attempt in 0..<12 {
      // Where two letters of context only give back what is known, one letter does not.
      if let word = spelled(loose: attempt > 5 || dice.chance(15), using: &dice), isNew(word) { return word }
    }
    return nil
  }

  private func spelled(loose: Bool, using dice: inout Dice) -> String? {
    var word = String.UnicodeScalarView()
    var (before, last) = (Speller.edge, Speller.edge)
    var length = 0
    while length < 15 {
      let looks = loose && length > 1 && dice.chance(40) ? afterOne[Speller.key(Speller.edge, last)] : nil
      guard let next = looks ?? afterTwo[Speller.key(before, last)] ?? afterOne[Speller.key(Speller.edge, last)] else {
        return nil
      }
      let scalar = dice.pick(next)
      if scalar == Speller.edge { return String(word) }
      word.append(scalar)
      length += 1
      (before, last) = (last, scalar)
    }
    return nil
  }

  private func isNew(_ word: String) -> Bool {
    let scalars = Array(word.unicodeScalars)
    guard (3...13).contains(scalars.count), let end = scalars.last, end.properties.isAlphabetic,
      !known.contains(word.lowercased())
    else { return false }
    for (index, scalar) in scalars.enumerated() where index > 0 {
      let before = scalars[index - 1]
      if !scalar.properties.isAlphabetic, !before.properties.isAlphabetic { return false }
      if scalar.properties.isUppercase, before.properties.isAlphabetic, before != "c" { return false }
      if index > 1, scalar == before, before == scalars[index - 2] { return false }
    }
    return scalars.contains { "aeiouyáéíóúäöüåøæêôâăơưạ".unicodeScalars.contains($0.lowered) }
  }

  private static func key(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> UInt64 {
    UInt64(first.value) << 32 | UInt64(second.value)
  }
}

extension Unicode.Scalar {
  /// The letter in lower case, where that is one scalar.
  var lowered: Unicode.Scalar { properties.lowercaseMapping.unicodeScalars.first ?? self }

  /// The letter in upper case, where that is one scalar.
  var raised: Unicode.Scalar { properties.uppercaseMapping.unicodeScalars.first ?? self }
}
