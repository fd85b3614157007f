import Names

extension Page {
  /// Everything in capitals.
  mutating func capitalize() {
    letters = letters.flatMap { letter in
      letter.scalar.isASCII
        ? [Letter(letter.scalar.raised, letter.mark)]
        : letter.scalar.properties.uppercaseMapping.unicodeScalars.map { Letter($0, letter.mark) }
    }
  }

  /// Accents as marks of their own.
  mutating func decompose() {
    letters = letters.flatMap { letter in
      letter.scalar.isASCII
        ? [letter] : Accents.decomposed(String(letter.scalar)).unicodeScalars.map { Letter($0, letter.mark) }
    }
  }

  /// No accents.
  mutating func strip() {
    letters = letters.flatMap { letter in
      letter.scalar.isASCII || !letter.scalar.properties.isAlphabetic
        ? [letter] : Accents.stripped(String(letter.scalar)).unicodeScalars.map { Letter($0, letter.mark) }
    }
  }

  /// Curly quotes, dashes and spaces that do not break.
  mutating func setTypographically(using dice: inout Dice) {
    let hardSpaces = dice.chance(60) ? dice.number(in: 2...20) : 0
    for index in letters.indices {
      let opens = index == 0 || letters[index - 1].scalar.properties.isWhitespace || letters[index - 1].scalar == "("
      switch letters[index].scalar {
      case "'": letters[index].scalar = opens ? "\u{2018}" : "\u{2019}"
      case "\"": letters[index].scalar = opens ? "\u{201C}" : "\u{201D}"
      case "-" where dice.chance(25): letters[index].scalar = dice.chance(60) ? "\u{2013}" : "\u{2011}"
      case " " where dice.chance(hardSpaces): letters[index].scalar = "\u{A0}"
      default: break
      }
    }
  }

  /// Letters swapped, lost, doubled or replaced in a few words, more in words that identify nobody.
  mutating func mistype(percent: Int, using dice: inout Dice) {
    var start = 0
    var spoilt: [Letter] = []
    spoilt.reserveCapacity(letters.count + 16)
    while start < letters.count {
      var end = start
      while end < letters.count, letters[end].scalar.isPlainLetter, letters[end].mark == letters[start].mark {
        end += 1
      }
      var word = Array(letters[start..<max(end, start + 1)])
      if word.count >= 4, dice.chance(word[0].mark < 0 ? percent : max(1, percent / 3)) { mistype(&word, using: &dice) }
      spoilt += word
      start = max(end, start + 1)
    }
    letters = spoilt
  }

  private func mistype(_ word: inout [Letter], using dice: inout Dice) {
    let place = dice.number(in: 1...word.count - 2)
    switch dice.below(4) {
    case 0: word.swapAt(place, place + 1)
    case 1: word.remove(at: place)
    case 2: word.insert(word[place], at: place)
    default: word[place].scalar = dice.pick(Array("aeiourstnl".unicodeScalars))
    }
  }
}

extension Unicode.Scalar {
  /// Whether it is a letter of ASCII.
  var isPlainLetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
}
