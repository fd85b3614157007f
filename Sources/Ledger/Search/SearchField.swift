/// A member of an entry whose value is a name, by which entries can be found and counted.
package enum SearchField: String, Hashable, Sendable, CaseIterable {
  case event
  case decision
  case useCase = "use_case"
  case caller
  case user
  case rule
  case vendor
  case model
  case object

  /// The letter that begins the terms of this field in the index.
  var letter: String {
    switch self {
    case .event: "e"
    case .decision: "d"
    case .useCase: "u"
    case .caller: "c"
    case .user: "p"
    case .rule: "l"
    case .vendor: "v"
    case .model: "m"
    case .object: "o"
    }
  }

  /// The fields that the roll-ups are kept by.
  static let rolledUp: [SearchField] = [.event, .decision, .useCase, .vendor]
}
