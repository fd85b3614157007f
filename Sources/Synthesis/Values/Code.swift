/// Numbers of no known form: a prefix, groups of letters and digits, marks between them, in any mixture.
enum Code {
  private static let joints = ["-", "-", "-", "", "", "", "/", ".", " ", "_", ":", "#"]

  /// A code that no list describes; from a very plain one to a very odd one.
  static func any(prefixes: [String], using dice: inout Dice) -> String {
    var text = ""
    let joint = dice.pick(joints)
    if dice.chance(45) {
      text += dice.chance(60) ? dice.pick(prefixes) : letters(dice.number(in: 1...4), using: &dice)
      text += joint
    }
    let groups = dice.weighted([0, 50, 32, 13, 5])
    for group in 0..<groups {
      if group > 0 { text += joint.isEmpty ? dice.pick(["", "-"]) : joint }
      switch dice.weighted([70, 12, 10, 8]) {
      case 0: text += digits(dice.number(in: groups == 1 ? 4...11 : 2...6), using: &dice)
      case 1: text += letters(dice.number(in: 1...3), using: &dice) + digits(dice.number(in: 2...6), using: &dice)
      case 2: text += digits(dice.number(in: 2...6), using: &dice) + letters(dice.number(in: 1...2), using: &dice)
      default: text += mixed(dice.number(in: 4...9), using: &dice)
      }
    }
    if dice.chance(8) { text += "-" + (dice.chance(50) ? letters(1, using: &dice) : digits(1, using: &dice)) }
    return text
  }

  private static func digits(_ count: Int, using dice: inout Dice) -> String {
    shaped(String(repeating: "#", count: count), using: &dice)
  }

  private static func letters(_ count: Int, using dice: inout Dice) -> String {
    shaped(String(repeating: dice.chance(85) ? "A" : "a", count: count), using: &dice)
  }

  /// Letters and digits, at least one of the latter.
  private static func mixed(_ count: Int, using dice: inout Dice) -> String {
    shaped("#" + String(repeating: dice.chance(80) ? "X" : "x", count: count - 1), using: &dice)
  }

  private static func shaped(_ shape: String, using dice: inout Dice) -> String {
    var text = ""
    Shape(shape).write(into: &text, using: &dice)
    return text
  }
}
