import PHI

/// One document while its template is gone through: what was already drawn, and what comes next.
struct Rendering {
  private let coinage: Coinage
  private let template: Template
  private var cast: Cast
  private var dice: Dice
  private(set) var page = Page()
  private var values: [String: String] = [:]
  private var dates: [Int: WrittenDate] = [:]
  private var establishments: [Int: Establishment] = [:]
  private var handles: [String: String] = [:]
  private var mentioned: Set<String> = []
  private let today: Int
  private let dateForm: String
  /// How many sentences without identifiers are yet to be slipped in.
  private var asides: Int

  init(_ template: Template, from coinage: Coinage, using dice: inout Dice) {
    (self.coinage, self.template) = (coinage, template)
    var own = Dice(seed: dice.next())
    cast = Cast(of: template, from: coinage.register, using: &own)
    // From 2004 to 2027.
    today = own.number(in: 12_418...20_819)
    dateForm = own.pick(WrittenDate.plainForms)
    asides = template.traits.contains(.keep) || own.chance(60) ? 0 : own.number(in: 1...3)
    self.dice = own
  }

  /// The template with every slot filled.
  mutating func run() -> Page {
    write(template.pieces)
    return page
  }

  private mutating func write(_ pieces: [Template.Piece]) {
    for piece in pieces {
      switch piece {
      case .text(let text): write(text)
      case .marked(let label, let text): page.write(text, as: Page.Mark(label: label))
      case .choice(let options): write(dice.pick(options))
      case .about(let form, let who):
        mentioned.insert(who)
        page.write(cast[who].word(form))
      case .person(let form, let who):
        if mentioned.insert(who).inserted { agree(who) }
        write(cast[who], who, form)
      case .slot(let slot): write(slot)
      }
    }
  }

  /// Writes a template's own text, and now and then a sentence more at the end of a line or a sentence.
  private mutating func write(_ text: String) {
    guard asides > 0, let end = Rendering.pause(in: text), dice.chance(40) else { return page.write(text) }
    asides -= 1
    page.write(String(text[..<end]))
    page.write(coinage.text(of: "trap", using: &dice).whole + (text[..<end].last == "\n" ? "\n" : " "))
    page.write(String(text[end...]))
  }

  /// Where the first line or sentence of `text` has ended.
  private static func pause(in text: String) -> String.Index? {
    var before: Character = " "
    for (index, character) in zip(text.indices, text) {
      if character == "\n" || character == " " && before == "." { return text.index(after: index) }
      before = character
    }
    return nil
  }

  /// Gives somebody who has not been named yet the sex that a word chosen at random just told.
  private mutating func agree(_ who: String) {
    let before = page.letters.suffix(24).map(\.scalar)
    guard let sex = SexWord.sex(before: before[...], after: []), sex != cast[who].sex else { return }
    cast[who] = coinage.register.renamed(cast[who], sex: sex, using: &dice)
  }

  private mutating func write(_ person: Person, _ who: String, _ form: PersonForm) {
    switch form {
    case .user, .email:
      let key = "\(form.rawValue):\(who)"
      var handle = handles[key] ?? person.name(form, using: &dice)
      if form == .email, handles[key] == nil { handle += "@" + coinage.text(of: "email-domain", using: &dice).whole }
      handles[key] = handle
      page.write(handle, as: Page.Mark(label: form == .user ? .other : .email))
    default: page.write(person.name(form, using: &dice), as: person.mark)
    }
  }

  private mutating func write(_ slot: Slot) {
    switch slot.kind {
    case .date where slot.form == "holiday": write(slot, coinage.text(of: "holiday", using: &dice).whole)
    case .date: writeDate(slot)
    case .facility:
      let place =
        slot.number.flatMap { establishments[$0] } ?? Establishment(slot.form, from: coinage, using: &dice)
      if let number = slot.number { establishments[number] = place }
      write(slot, place.name(slot.form))
    case .address: writeAddress(slot)
    case .ssn where slot.form == "last4", .account where slot.form == "last4":
      let whole = value(of: Slot(slot.kind, form: "", number: slot.number) ?? slot)
      write(slot, String(whole.filter(\.isNumber).suffix(4)))
    default: write(slot, value(of: slot))
    }
  }

  private mutating func write(_ slot: Slot, _ text: String) {
    if let label = slot.kind.label {
      page.write(text, as: Page.Mark(label: label))
    } else {
      page.write(text)
    }
  }

  /// The value of a slot; the one that its number had before, if it has a number.
  private mutating func value(of slot: Slot) -> String {
    guard let number = slot.number else { return freshValue(of: slot) }
    let key = "\(slot.kind.rawValue):\(slot.form)#\(number)"
    if let value = values[key] { return value }
    let value = freshValue(of: slot)
    values[key] = value
    return value
  }

  private mutating func freshValue(of slot: Slot) -> String {
    switch slot.kind {
    case .year: return String(dice.number(in: 1948...2027))
    case .time: return time()
    case .weekday:
      let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
      let day = dice.pick(days)
      return dice.chance(75) ? day : String(day.prefix(3))
    case .season: return dice.pick(["spring", "summer", "fall", "autumn", "winter"])
    case .age: return String(slot.form == "child" ? dice.number(in: 1...17) : dice.number(in: 18...89))
    case .age90:
      let age = min(dice.number(in: 90...106), dice.number(in: 90...106))
      return slot.form == "word" ? SpokenNumber.cardinal(age) : String(age)
    case .strength: return "\(dice.number(in: 1...5))\(dice.chance(15) ? dice.pick(["+", "-"]) : "")/5"
    case .num:
      let bounds = slot.bounds ?? 1...99
      return String(dice.number(in: bounds))
    case .state: return coinage.stateName(abbreviated: slot.form == "abbr", using: &dice)
    case .email:
      let local = coinage.register.person(.other, using: &dice).name(.user, using: &dice)
      return local + "@" + coinage.text(of: "email-domain", using: &dice).whole
    case .city: return city(slot.form)
    case .phone where slot.form == "spoken":
      return SpokenNumber.digits(coinage.text(of: "phone", using: &dice).whole, using: &dice)
    case .org where slot.form.isEmpty:
      let kinds = ["employer", "employer", "school", "church", "court", "police", "shelter", "agency"]
      return coinage.text(of: "org-\(dice.pick(kinds))", using: &dice).whole
    case .street where slot.form.isEmpty:
      return coinage.text(of: dice.chance(75) ? "street-us" : "street-foreign", using: &dice).whole
    case .id, .mrn, .plan, .account, .device: return code(slot)
    default: return coinage.text(of: slot.list, using: &dice).whole
    }
  }

  /// A number of a kind; now and then one of no known form.
  private mutating func code(_ slot: Slot) -> String {
    let odd: Bool =
      switch slot.form {
      case "": dice.chance(35)
      case "claim", "auth", "order", "accession", "specimen", "case", "ticket", "job", "visit", "badge", "study",
        "donor",
        "lot", "group":
        dice.chance(22)
      default: false
      }
    guard odd else { return coinage.text(of: slot.list, using: &dice).whole }
    return Code.any(prefixes: coinage.lists.plain("code-prefix"), using: &dice)
  }

  private mutating func city(_ form: String) -> String {
    switch form {
    case "us": coinage.town(using: &dice)
    case "foreign": coinage.text(of: "town-foreign", using: &dice).whole
    default:
      dice.chance(75) ? coinage.town(using: &dice) : coinage.text(of: "town-foreign", using: &dice).whole
    }
  }

  private mutating func time() -> String {
    let (hour, minute) = (dice.below(24), dice.below(60))
    let minutes = minute < 10 ? "0\(minute)" : "\(minute)"
    let hours = hour < 10 ? "0\(hour)" : "\(hour)"
    if template.traits.contains(.keep) { return "\(hours):\(minutes)" }
    return switch dice.weighted([55, 15, 10, 10, 5, 5]) {
    case 0: "\(hours):\(minutes)"
    case 1: "\((hour + 11) % 12 + 1):\(minutes) \(hour < 12 ? "AM" : "PM")"
    case 2: "\(hours)\(minutes)"
    case 3: "\((hour + 11) % 12 + 1):\(minutes)\(hour < 12 ? "am" : "pm")"
    case 4: "\((hour + 11) % 12 + 1) \(hour < 12 ? "a.m." : "p.m.")"
    default: "\(hour):\(minutes)"
    }
  }

  private mutating func writeDate(_ slot: Slot) {
    let day =
      slot.number.flatMap { dates[$0] }
      ?? WrittenDate(
        dayNumber: slot.form == "dob" ? dice.number(in: -14_000...20_000) : today + dice.number(in: -800...90))
    if let number = slot.number { dates[number] = day }
    if slot.form == "range" { return write(slot, day.range(using: &dice)) }
    let form = slot.form.isEmpty ? dice.chance(65) ? dateForm : dice.pick(WrittenDate.plainForms) : slot.form
    write(slot, day.written(form, using: &dice))
  }

  private mutating func writeAddress(_ slot: Slot) {
    let caps = slot.form == "caps"
    let written = { (text: String) in caps ? text.uppercased() : text }
    let street = coinage.text(of: dice.chance(90) ? "street-us" : "street-box", using: &dice).whole
    page.write(written(street), as: Page.Mark(label: .street))
    page.write(slot.form == "lines" ? "\n" : dice.pickEarly([", ", ", ", " ", "; "]))
    page.write(written(coinage.town(using: &dice)), as: Page.Mark(label: .city))
    page.write(dice.chance(90) ? ", " : " ")
    page.write(written(coinage.stateName(abbreviated: caps || dice.chance(85), using: &dice)))
    page.write(dice.chance(90) ? " " : "  ")
    page.write(
      coinage.text(of: dice.chance(85) ? "zip" : "zip-plus4", using: &dice).whole, as: Page.Mark(label: .zip))
  }
}

extension Slot {
  /// The list that holds its values.
  fileprivate var list: String { form.isEmpty ? kind.rawValue : "\(kind.rawValue)-\(form)" }
}

extension Coinage {
  /// A state of the United States; the list has its name and its abbreviation.
  func stateName(abbreviated: Bool, using dice: inout Dice) -> String {
    let state = text(of: "state-both", using: &dice).whole
    return abbreviated ? String(state.suffix(2)) : String(state.dropLast(3))
  }
}
