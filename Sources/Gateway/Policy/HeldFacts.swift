import Bytes

/// What policies were told of something that a vendor keeps: what it holds, by the classes of data, however little the next
/// request about it says.
///
/// Consents are not in it: whoever asks on states them anew.
struct HeldFacts: Hashable, Sendable {
  private(set) var classes: Set<String>
  private(set) var confidentiality: StatedFacts.Confidentiality
  private(set) var isRestricted: Bool

  init(_ matter: PolicyMatter) {
    classes = matter.classes
    confidentiality = matter.statedConfidentiality
    isRestricted = matter.facts.isRestricted
  }

  /// Both together.
  func joined(with other: HeldFacts?) -> HeldFacts {
    guard let other else { return self }
    var joined = self
    joined.classes = classes.joined(with: other.classes)
    joined.confidentiality = max(confidentiality, other.confidentiality)
    joined.isRestricted = isRestricted || other.isRestricted
    return joined
  }

  /// To be sealed with what is kept.
  var json: JSONValue {
    [
      "classes": .array(classes.sorted().map { .string($0) }), "confidentiality": .string(confidentiality.rawValue),
      "restricted": .bool(isRestricted),
    ]
  }

  /// What was sealed; nil of what was kept where there were no policies.
  init?(_ json: JSONValue?) {
    guard let names = json?["classes"]?.array,
      let code = json?["confidentiality"]?.string.flatMap(StatedFacts.Confidentiality.init)
    else { return nil }
    classes = Set(names.compactMap(\.string))
    confidentiality = code
    isRestricted = json?["restricted"] == .bool(true)
  }
}

extension PolicyMatter {
  /// Takes in what is held already by what it goes on from, or fetches.
  mutating func join(_ held: HeldFacts?) {
    guard let held else { return }
    classes = classes.joined(with: held.classes)
    confidentiality = max(confidentiality, held.confidentiality)
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
