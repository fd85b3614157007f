import Names

/// The people of one document, each in a role, who stay the same from the first line to the last.
struct Cast: Sendable {
  private var people: [String: Person] = [:]

  /// Casts everybody whom a template speaks of; relatives come last, so that they know their patient.
  init(of template: Template, from register: Register, using dice: inout Dice) {
    var patient: Person?
    let isKin = { (mention: Template.Mention) in mention.who.hasPrefix("kin") }
    for mention in template.people.filter({ !isKin($0) }) + template.people.filter(isKin) {
      let person = register.person(
        Person.role(of: mention.who), sex: mention.sex, kinOf: isKin(mention) ? patient : nil, using: &dice)
      people[mention.who] = person
      if patient == nil, person.role == .patient { patient = person }
    }
  }

  /// The person whom a template calls `who`.
  subscript(who: String) -> Person {
    get {
      guard let person = people[who] else { preconditionFailure("everybody in the template was cast") }
      return person
    }
    set { people[who] = newValue }
  }
}
