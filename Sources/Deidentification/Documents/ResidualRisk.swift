internal import PHI

/// What may still lead to a person after a profile has done its work.
package enum ResidualRisk: String, CaseIterable, Sendable {
  case missed
  case kept
  case reversible
  case linkable
  case intervals
  case hiddenInPlainSight = "hidden-in-plain-sight"
  case surrogateCollisions = "surrogate-collisions"
  case partShown = "part-shown"

  /// The risk in a sentence.
  package var statement: String {
    switch self {
    case .missed: "an identifier that detection missed is still in the text"
    case .kept: "dates, places or other identifiers that the profile keeps may single somebody out together"
    case .reversible: "who holds the secret of the project can decrypt values or test guesses"
    case .linkable: "equal codes show which documents speak of one person or value"
    case .intervals: "the days between two dates are true: one known date of a patient gives all others"
    case .hiddenInPlainSight:
      "a missed identifier cannot be told from the surrogates around it: readers are misled, reviewers are too"
    case .surrogateCollisions:
      "two values may have one surrogate, and a surrogate may by chance be the name or number of a real person"
    case .partShown: "a part of an identifier is shown"
    }
  }

  /// The risks that `profile` leaves, in a fixed order.
  package static func left(by profile: Profile) -> [ResidualRisk] {
    let methods = Set(Identifier.allCases.map { profile.method(for: $0) })
    return allCases.filter { risk in
      switch risk {
      case .missed: true
      case .kept: methods.contains(.keep)
      case .reversible: methods.contains(where: \.isKeyed)
      case .linkable: !methods.isDisjoint(with: [.randomToken, .linkableToken, .formatPreserving])
      case .intervals:
        !methods.isDisjoint(with: [.shift(keepsWeekdays: false), .shift(keepsWeekdays: true)])
          || profile.method(for: .date) == .surrogate
      case .hiddenInPlainSight, .surrogateCollisions: methods.contains(.surrogate)
      case .partShown: methods.contains(.mask(.lastFour))
      }
    }
  }
}
