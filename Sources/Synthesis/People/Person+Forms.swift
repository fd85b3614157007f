import Names

extension Person {
  /// The name in a form that is not an address or a handle.
  func name(_ form: PersonForm, using dice: inout Dice) -> String {
    switch form {
    case .full: full
    case .fullm: withMore(using: &dice)
    case .first: given
    case .last: surname
    case .middle: middle
    case .nick: nickname
    case .initials: initials(using: &dice)
    case .finitial: "\(initial(given)). \(surname)"
    case .firstl: "\(given) \(initial(surname))\(dice.chance(80) ? "." : "")"
    case .any: natural(using: &dice)
    case .inverted: "\(surname), \(given)\(tail(dice.below(4), period: true))"
    case .caps: full.uppercased()
    case .upperlast: surname.uppercased()
    case .upperinv: "\(surname), \(given)\(tail(dice.below(3), period: false))".uppercased()
    case .hl7: delimited("^", using: &dice)
    case .x12: delimited("*", using: &dice)
    case .snake: snake(using: &dice)
    case .spelled: spelled(using: &dice)
    case .lower: full.lowercased()
    case .user: user(using: &dice)
    case .email: user(using: &dice)
    }
  }

  private var full: String { surnameFirst ? "\(surname) \(given)" : "\(given) \(surname)" }

  private func initial(_ name: String) -> String { String(name.first { $0.isLetter } ?? "A").uppercased() }

  private func withMore(using dice: inout Dice) -> String {
    if surnameFirst { return "\(surname) \(middle) \(given)" }
    switch dice.below(10) {
    case 0..<5: return "\(given) \(initial(middle)).\(suffixed(" \(surname)"))"
    case 5: return "\(given) \(initial(middle)) \(surname)"
    case 6..<8: return "\(given) \(middle)\(suffixed(" \(surname)"))"
    case 8 where nickname != given:
      let quotes = dice.pick([("\"", "\""), ("“", "”"), ("'", "'"), ("(", ")")])
      return "\(given) \(quotes.0)\(nickname)\(quotes.1) \(surname)"
    default:
      let ending = suffix.isEmpty ? dice.pick(["Jr.", "Jr", "III", "II", "Sr.", "IV"]) : suffix
      return sex == .male
        ? "\(given) \(surname)\(dice.chance(20) ? "," : "") \(ending)" : "\(given) \(middle) \(surname)"
    }
  }

  private func suffixed(_ name: String) -> String { suffix.isEmpty ? name : "\(name) \(suffix)" }

  private func tail(_ choice: Int, period: Bool) -> String {
    switch choice {
    case 0: " \(initial(middle))\(period ? "." : "")"
    case 1: " \(initial(middle))"
    case 2 where !suffix.isEmpty: " \(suffix)"
    default: ""
    }
  }

  private func initials(using dice: inout Dice) -> String {
    let (first, last) = (initial(given), initial(surname))
    return switch dice.below(10) {
    case 0..<5: "\(first).\(last)."
    case 5..<8: "\(first)\(last)"
    case 8: "\(first). \(last)."
    default: "\(first)\(initial(middle))\(last)"
    }
  }

  private func natural(using dice: inout Dice) -> String {
    switch dice.weighted([45, 15, 12, 10, 8, 5, 5]) {
    case 0: full
    case 1: withMore(using: &dice)
    case 2: given
    case 3: surname
    case 4: "\(initial(given)). \(surname)"
    case 5: "\(nickname) \(surname)"
    default: "\(given) \(initial(surname))."
    }
  }

  private func delimited(_ mark: String, using dice: inout Dice) -> String {
    let parts = [surname, given].map { dice.chance(85) ? $0.uppercased() : $0 }
    let more =
      switch dice.below(4) {
      case 0: mark + initial(middle)
      case 1 where !suffix.isEmpty: mark + mark + suffix.uppercased()
      case 2 where mark == "^": mark + middle.uppercased()
      default: ""
      }
    return parts.joined(separator: mark) + more
  }

  private func plain(_ name: String) -> String {
    Accents.stripped(name).lowercased().filter { $0.isASCII && $0.isLetter }
  }

  private func snake(using dice: inout Dice) -> String {
    let mark = dice.pickEarly(["_", "-", "."])
    var parts = [plain(surname), plain(given)]
    if dice.chance(30) { parts.swapAt(0, 1) }
    let name = parts.joined(separator: mark)
    return dice.chance(20) ? name.uppercased() : name
  }

  private func spelled(using dice: inout Dice) -> String {
    let mark = dice.pickEarly([" ", "-", ". "])
    let letters = plain(surname).map(String.init).joined(separator: mark)
    return mark != " " || dice.chance(20) ? letters.uppercased() : letters
  }

  /// A handle made of the name; also what stands before the `@` of an address.
  private func user(using dice: inout Dice) -> String {
    let (first, last) = (plain(given), plain(surname))
    let letter = String(first.prefix(1))
    let digits = dice.chance(55) ? String(dice.number(in: dice.chance(60) ? 1...99 : 100...2009)) : ""
    return switch dice.weighted([30, 15, 12, 10, 8, 8, 7, 5, 5]) {
    case 0: letter + last + digits
    case 1: "\(first).\(last)\(dice.chance(30) ? digits : "")"
    case 2: last + letter + digits
    case 3: "\(first)_\(last)\(dice.chance(30) ? digits : "")"
    case 4: first + digits
    case 5: "\(letter).\(last)\(dice.chance(30) ? digits : "")"
    case 6: first + last + digits
    case 7: "\(last).\(first)"
    default: first + String(last.prefix(1)) + digits
    }
  }
}
