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

  /// Digits, and letters too if asked, in their full-width forms.
  mutating func widenDigits(letters all: Bool) {
    for index in letters.indices {
      let value = letters[index].scalar.value
      guard (0x21...0x7E).contains(value), all || (0x30...0x39).contains(value) else { continue }
      letters[index].scalar = Unicode.Scalar(value + 0xFEE0) ?? letters[index].scalar
    }
  }

  /// Marks that cannot be seen: soft hyphens inside words, spaces without width.
  mutating func sprinkle(using dice: inout Dice) {
    let unseen: Unicode.Scalar = dice.pick(["\u{AD}", "\u{200B}", "\u{2060}", "\u{FEFF}"])
    let percent = dice.number(in: 1...4)
    letters = letters.enumerated().flatMap { index, letter in
      let inside = index + 1 < letters.count && letters[index + 1].mark == letter.mark
      return letter.scalar.isPlainLetter && inside && dice.chance(percent)
        ? [letter, Letter(unseen, letter.mark)] : [letter]
    }
  }

  /// Curly quotes, dashes and spaces that do not break.
  mutating func setTypographically(using dice: inout Dice) {
    let apostrophe: Unicode.Scalar = dice.chance(80) ? "\u{2019}" : dice.pick(["\u{2BC}", "\u{2032}", "\u{B4}", "`"])
    let hardSpaces = dice.chance(60) ? dice.number(in: 2...20) : 0
    for index in letters.indices {
      let opens = index == 0 || letters[index - 1].scalar.properties.isWhitespace || letters[index - 1].scalar == "("
      switch letters[index].scalar {
      case "'": letters[index].scalar = opens ? "\u{2018}" : apostrophe
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
