extension Page {
  /// Lines no longer than `width`, broken at any space, in the middle of a name too.
  mutating func wrap(width: Int) {
    var lineStart = 0
    var lastSpace: Int?
    for index in letters.indices {
      switch letters[index].scalar {
      case "\n": (lineStart, lastSpace) = (index + 1, nil)
      case " ": lastSpace = index
      default:
        if index - lineStart >= width, let space = lastSpace {
          letters[space].scalar = "\n"
          (lineStart, lastSpace) = (space + 1, nil)
        }
      }
    }
  }

  /// Everything on one line.
  mutating func flatten(mark: String) {
    var flat: [Letter] = []
    flat.reserveCapacity(letters.count)
    for letter in letters {
      guard letter.scalar == "\n" else {
        flat.append(letter)
        continue
      }
      if letter.mark >= 0 {
        flat.append(Letter(" ", letter.mark))
      } else if let last = flat.last, last.scalar != " " {
        flat += mark.unicodeScalars.map { Letter($0) }
      }
    }
    letters = flat
  }

  /// Some spaces doubled, outside marks mostly.
  mutating func widen(percent: Int, using dice: inout Dice) {
    letters = letters.flatMap { letter in
      letter.scalar == " " && dice.chance(letter.mark < 0 ? percent : percent / 2) ? [letter, letter] : [letter]
    }
  }

  /// Points, commas and colons lost where a word ends.
  mutating func dropPunctuation(percent: Int, using dice: inout Dice) {
    var kept: [Letter] = []
    kept.reserveCapacity(letters.count)
    for (index, letter) in letters.enumerated() {
      let ends = index + 1 == letters.count || letters[index + 1].scalar.properties.isWhitespace
      let isPoint = [".", ",", ":", ";", "!", "?"].contains(letter.scalar)
      if !(isPoint && ends && dice.chance(percent)) { kept.append(letter) }
    }
    letters = kept
  }

  /// What a bad scan makes of a page: letters taken for others, spaces lost, words torn.
  mutating func scan(using dice: inout Dice) {
    let percent = dice.number(in: 2...6)
    var read: [Letter] = []
    read.reserveCapacity(letters.count + 16)
    var index = 0
    while index < letters.count {
      let letter = letters[index]
      let next = index + 1 < letters.count ? letters[index + 1] : nil
      index += 1
      if letter.scalar == " " {
        if dice.below(100) >= 2 { read.append(letter) }
        continue
      }
      guard dice.chance(percent * (letter.scalar.isDigitOrLookalike ? 2 : 1)) else {
        read.append(letter)
        continue
      }
      if letter.scalar == "r", let next, next.scalar == "n", next.mark == letter.mark {
        read.append(Letter("m", letter.mark))
        index += 1
      } else if let taken = letter.scalar.lookalike(using: &dice) {
        read += taken.unicodeScalars.map { Letter($0, letter.mark) }
      } else {
        read.append(letter)
        if letter.scalar.isPlainLetter, let next, next.mark == letter.mark, dice.chance(8) {
          read.append(Letter(" ", letter.mark))
        }
      }
    }
    letters = read
  }
}

extension Unicode.Scalar {
  fileprivate var isDigitOrLookalike: Bool { ("0"..."9").contains(self) }

  /// What a scanner may take this for.
  fileprivate func lookalike(using dice: inout Dice) -> String? {
    switch self {
    case "0": "O"
    case "O": "0"
    case "o": dice.chance(60) ? "0" : "c"
    case "1": dice.chance(60) ? "l" : "I"
    case "l": dice.chance(60) ? "1" : "I"
    case "I": dice.chance(60) ? "l" : "1"
    case "i": dice.chance(50) ? "l" : "1"
    case "5": "S"
    case "S", "s": dice.chance(70) ? "5" : "$"
    case "8": "B"
    case "B": "8"
    case "2": "Z"
    case "Z": "2"
    case "6": "G"
    case "G": "6"
    case "g": "9"
    case "9": "g"
    case "m": "rn"
    case "w": "vv"
    case "d": "cl"
    case "e": "c"
    case "c": "e"
    case "h": "b"
    case "u": "ii"
    case ",": "."
    case ".": ","
    case ":": ";"
    case "/": dice.chance(50) ? "l" : "1"
    case "-": dice.chance(50) ? "~" : "_"
    default: nil
    }
  }
}
