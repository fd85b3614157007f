/// The form of a code, one mark for each character.
///
/// `#` is a digit and `9` a digit but nought. A run of letters that are all among `A a X x h H` stands for letters by
/// chance: capital, small, letter or digit (`X`, `x`), hexadecimal digit (`H`, `h`). Other runs (`MRN`, `sess`) and all
/// other marks are themselves.
struct Shape: Sendable {
  private enum Mark: Sendable {
    case plain(Character)
    case digit, nonzero, upper, lower, upperMixed, lowerMixed, upperHex, lowerHex
  }

  private let marks: [Mark]

  init(_ text: some StringProtocol) {
    var marks: [Mark] = []
    var run: [Character] = []
    for character in text {
      if character.isLetter {
        run.append(character)
        continue
      }
      marks += Shape.marks(of: run)
      run = []
      marks.append(character == "#" ? .digit : character == "9" ? .nonzero : .plain(character))
    }
    self.marks = marks + Shape.marks(of: run)
  }

  /// Appends a code of this form.
  func write(into text: inout String, using dice: inout Dice) {
    for mark in marks { text.append(Shape.character(for: mark, using: &dice)) }
  }

  private static func marks(of run: [Character]) -> [Mark] {
    var marks: [Mark] = []
    for letter in run {
      switch letter {
      case "A": marks.append(.upper)
      case "a": marks.append(.lower)
      case "X": marks.append(.upperMixed)
      case "x": marks.append(.lowerMixed)
      case "H": marks.append(.upperHex)
      case "h": marks.append(.lowerHex)
      default: return run.map(Mark.plain)
      }
    }
    return marks
  }

  private static let upper = Array("ABCDEFGHJKLMNPQRSTUVWXYZ")
  private static let lower = Array("abcdefghijkmnopqrstuvwxyz")
  private static let digits = Array("0123456789")

  private static func character(for mark: Mark, using dice: inout Dice) -> Character {
    switch mark {
    case .plain(let character): character
    case .digit: dice.pick(digits)
    case .nonzero: digits[dice.number(in: 1...9)]
    case .upper: dice.pick(upper)
    case .lower: dice.pick(lower)
    case .upperMixed: dice.chance(50) ? dice.pick(digits) : dice.pick(upper)
    case .lowerMixed: dice.chance(50) ? dice.pick(digits) : dice.pick(lower)
    case .upperHex: dice.chance(62) ? dice.pick(digits) : upper[dice.below(6)]
    case .lowerHex: dice.chance(62) ? dice.pick(digits) : lower[dice.below(6)]
    }
  }
}
