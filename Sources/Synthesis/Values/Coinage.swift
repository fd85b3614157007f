/// Makes texts from the entries of lists.
struct Coinage: Sendable {
  let lists: Lists
  let register: Register
  private let towns: Speller
  private let words: [String]
  private let townsUS: [String]

  init(_ lists: Lists) {
    self.lists = lists
    register = Register(lists)
    townsUS = lists.plain("town-us")
    towns = Speller(townsUS + lists.plain("town-foreign"))
    words = lists.plain("town-word")
  }

  /// A text made from an entry of a list; what stands before ` ~ ` alone, where there is one, is its short form.
  func text(of list: String, using dice: inout Dice) -> (whole: String, short: String) {
    var text = ""
    var short: String?
    write(dice.pick(lists[list]), into: &text, short: &short, using: &dice)
    return (text, short ?? text)
  }

  /// A town, a third of the time one that is on no map.
  func town(using dice: inout Dice) -> String {
    dice.chance(30) ? newTown(using: &dice) : dice.pick(townsUS)
  }

  /// A town that is on no map.
  func newTown(using dice: inout Dice) -> String {
    switch dice.below(10) {
    case 0..<5: return towns.word(using: &dice) ?? dice.pick(townsUS)
    case 5..<7:
      return dice.pick(words)
        + dice.pick(["ville", "ton", "burg", " Falls", " Springs", "field", "dale", "ford", "wood"])
    case 7:
      return dice.pick(["Port ", "Mount ", "Fort ", "Lake ", "New ", "North ", "East ", "St. "])
        + register.anyGiven(using: &dice)
    case 8: return dice.pick(words) + " " + dice.pick(words)
    default:
      return register.anySurname(using: &dice)
        + dice.pick(["ville", "burg", " Junction", " Crossing", " Hill", "'s Landing", "town"])
    }
  }

  private func write(_ entry: Entry, into text: inout String, short: inout String?, using dice: inout Dice) {
    for part in entry.parts {
      switch part {
      case .text(let plain): text += plain
      case .list(let name):
        var ignored: String?
        write(dice.pick(lists[name]), into: &text, short: &ignored, using: &dice)
      case .name(let kind): text += fresh(kind, using: &dice)
      case .number(let low, let high, let decimals):
        text += Coinage.decimal(dice.number(in: low...high), decimals)
      case .shape(let shape): shape.write(into: &text, using: &dice)
      case .maybe(let plain): if dice.chance(50) { text += plain }
      case .oneOf(let options): text += dice.pick(options)
      case .shortEnd: short = text
      }
    }
  }

  private func fresh(_ kind: Entry.FreshName, using dice: inout Dice) -> String {
    switch kind {
    case .given: register.anyGiven(using: &dice)
    case .surname: register.anySurname(using: &dice)
    case .town: town(using: &dice)
    case .word: dice.pick(words)
    case .year: String(dice.number(in: 1985...2026))
    }
  }

  private static func decimal(_ number: Int, _ decimals: Int) -> String {
    guard decimals > 0 else { return String(number) }
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let rest = String(number % scale)
    return "\(number / scale)." + String(repeating: "0", count: decimals - rest.utf8.count) + rest
  }
}
