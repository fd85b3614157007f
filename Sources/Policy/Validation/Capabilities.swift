/// What is known to be there: the attributes and tags that a condition has asked about.
struct Capabilities {
  /// A thing that is there once asked about.
  enum Capability: Hashable {
    case attribute(Expression, Text)
    case tag(Expression, Expression)
  }

  private var known: Set<Capability> = []

  static let none = Capabilities()

  init(_ capability: Capability? = nil) { if let capability { known = [capability] } }

  func contains(_ capability: Capability) -> Bool { known.contains(capability) }

  func union(_ other: Capabilities) -> Capabilities {
    guard !other.known.isEmpty else { return self }
    var copy = self
    copy.known.formUnion(other.known)
    return copy
  }

  func intersection(_ other: Capabilities) -> Capabilities {
    var copy = self
    copy.known.formIntersection(other.known)
    return copy
  }
}
