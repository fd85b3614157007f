import Names

/// Somebody who does not exist.
struct Person: Sendable {
  /// What a name of this person is marked as.
  enum Role: Sendable { case patient, clinician, other }

  let role: Role
  let origin: NamePool.Origin
  let sex: NamePool.Sex
  let given: String
  let middle: String
  let surname: String
  let nickname: String
  /// `Jr.` and its kin; empty for nearly everybody.
  let suffix: String
  /// Whether the surname is said first.
  let surnameFirst: Bool
  /// What stands before the surname in an address.
  let title: String

  /// Whose names a word in a template asks for, by its start.
  static func role(of who: String) -> Role {
    if who.hasPrefix("patient") { return .patient }
    return ["doc", "nurse", "staff"].contains { who.hasPrefix($0) } ? .clinician : .other
  }

  /// What a mark on this person's name says.
  var mark: Page.Mark {
    let label: Label =
      switch role {
      case .patient: .patient
      case .clinician: .clinician
      case .other: .otherPerson
      }
    return Page.Mark(label: label, origin: origin.rawValue, sex: sex.rawValue)
  }

  /// A word about the person that identifies nobody.
  func word(_ form: AboutForm) -> String {
    let female = sex == .female
    return switch form {
    case .he: female ? "she" : "he"
    case .He: female ? "She" : "He"
    case .him: female ? "her" : "him"
    case .his: female ? "her" : "his"
    case .His: female ? "Her" : "His"
    case .man: female ? "woman" : "man"
    case .male: female ? "female" : "male"
    case .sex: female ? "F" : "M"
    case .mr: title
    case .son: female ? "daughter" : "son"
    case .boy: female ? "girl" : "boy"
    }
  }
}
