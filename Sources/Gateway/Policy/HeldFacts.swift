import Bytes

/// What policies and the register of consents were told of something that a vendor keeps: what it holds, by the classes of data, however little the next
/// request about it says.
///
/// Consents are not in it: whoever asks on states them anew.
struct HeldFacts: Hashable, Sendable {
  private(set) var classes: Set<String>
  private(set) var confidentiality: StatedFacts.Confidentiality
  private(set) var isRestricted: Bool
  private(set) var unsearched: Unsearched

  /// Of what brings nothing of anybody's.
  static let nothing = HeldFacts()

  private init() {
    (classes, confidentiality, isRestricted, unsearched) = ([], .unrestricted, false, .nothing)
  }

  init(_ matter: PolicyMatter) {
    classes = matter.classes
    confidentiality = matter.statedConfidentiality
    isRestricted = matter.facts.isRestricted
    unsearched = matter.unsearched
  }

  /// Both together.
  func joined(with other: HeldFacts?) -> HeldFacts {
    guard let other else { return self }
    var joined = self
    joined.classes = classes.joined(with: other.classes)
    joined.confidentiality = max(confidentiality, other.confidentiality)
    joined.isRestricted = isRestricted || other.isRestricted
    joined.unsearched = max(unsearched, other.unsearched)
    return joined
  }

  /// To be sealed with what is kept.
  var json: JSONValue {
    [
      "classes": .array(classes.sorted().map { .string($0) }), "confidentiality": .string(confidentiality.rawValue),
      "restricted": .bool(isRestricted), "unsearched": .string(unsearched.rawValue),
    ]
  }

  /// What was sealed; nil of what was kept by a gateway that did not say it.
  ///
  /// What does not say how much of it was searched may hold anything.
  init?(_ json: JSONValue?) {
    guard let names = json?["classes"]?.array,
      let code = json?["confidentiality"]?.string.flatMap(StatedFacts.Confidentiality.init)
    else { return nil }
    classes = Set(names.compactMap(\.string))
    confidentiality = code
    isRestricted = json?["restricted"] == .bool(true)
    unsearched = json?["unsearched"]?.string.flatMap(Unsearched.init) ?? .anything
  }
}

extension PolicyMatter {
  /// Takes in what is held already by what it goes on from, or fetches; of what nobody knows, that it may be anything.
  mutating func join(_ held: HeldFacts?) {
    guard let held else {
      unsearched = .anything
      return
    }
    classes = classes.joined(with: held.classes)
    confidentiality = max(confidentiality, held.confidentiality)
    unsearched = max(unsearched, held.unsearched)
    if held.isRestricted { facts.restrict() }
  }
}

extension Set<String> {
  /// The classes of both: what is of nobody is so only where both are.
  fileprivate func joined(with other: Set<String>) -> Set<String> {
    let all = union(other)
    return all.count > 1 ? all.subtracting(["deidentified"]) : all
  }
}
