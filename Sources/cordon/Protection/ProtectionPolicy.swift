import Yams

/// Which mechanisms each class of content needs in each operation.
///
/// 45 CFR 164.306(b) lets an organisation choose its measures and asks it to have reasons; this is where the choice is
/// written down. A rule is a list of alternatives, and an alternative one mechanism or several that must come together.
struct ProtectionPolicy {
  /// One alternative: all of these.
  typealias Alternative = Set<Mechanism>

  /// What a file with a policy lacks.
  struct Failure: Error {
    let line: Int?
    let what: String
  }

  private var rules: [ProtectedClass: [ProtectedOperation: [Alternative]]]

  /// The policy that holds where a file says nothing else; its version is 2026-11.
  static let standard = ProtectionPolicy(rules: [
    .phi: [
      .atRest: [[.aes256GCM], [.age], [.keyedHash]], .inTransit: [[.tls], [.loopback], [.process]],
      .toVendor: [[.process], [.tls, .deidentification], [.loopback, .deidentification]],
      .inUse: [[.process], [.encryptedComputation]],
    ],
    .deidentified: [
      .atRest: [[.aes256GCM], [.age]], .inTransit: [[.tls], [.loopback], [.process]],
      .toVendor: [[.process], [.tls, .deidentification], [.loopback, .deidentification]], .inUse: [[.process]],
    ],
    .keys: [
      .atRest: [[.keyWrap], [.sealedFile], [.hardware], [.keyService], [.age], [.fileMode]],
      .inTransit: [[.tls], [.loopback], [.process]], .toVendor: [], .inUse: [[.process], [.hardware]],
    ],
    .credentials: [
      .atRest: [[.keyedHash], [.fileMode], [.environment]], .inTransit: [[.tls], [.loopback]], .toVendor: [[.tls]],
      .inUse: [[.process]],
    ],
    .metadata: [
      .atRest: [[.signature], [.fileMode], [.aes256GCM], [.age]], .inTransit: [[.tls], [.loopback], [.process]],
      .toVendor: [], .inUse: [[.process]],
    ],
  ])

  private init(rules: [ProtectedClass: [ProtectedOperation: [Alternative]]]) { self.rules = rules }

  /// What may protect content in an operation.
  func alternatives(_ content: ProtectedClass, _ operation: ProtectedOperation) -> [Alternative] {
    rules[content]?[operation] ?? []
  }

  /// What a place needs in words, when it does not have it.
  func gap(_ place: ProtectedPlace) -> String? {
    let alternatives = alternatives(place.content, place.operation)
    guard !alternatives.contains(where: { !$0.isEmpty && $0.isSubset(of: place.mechanisms) }) else { return nil }
    guard !alternatives.isEmpty else { return "must not happen" }
    return "needs "
      + alternatives.map { $0.map(\.rawValue).sorted().joined(separator: " + ") }.joined(separator: ", or ")
  }
}

extension ProtectionPolicy {
  /// The standard policy with the rules of a YAML file in place of its own: `phi: {at_rest: [aes-256-gcm, age]}`.
  init(yaml: String) throws(Failure) {
    self = .standard
    let root: Node?
    do { root = try Yams.compose(yaml: yaml) } catch { throw Failure(line: nil, what: "it is not YAML") }
    guard case .mapping(let classes)? = root else { throw Failure(line: 1, what: "a mapping of classes is expected") }
    for (name, operations) in classes {
      let content: ProtectedClass = try ProtectionPolicy.named(name, "a class")
      guard case .mapping(let named) = operations else {
        throw Failure(line: operations.mark?.line, what: "a mapping of operations is expected")
      }
      for (name, list) in named {
        let operation: ProtectedOperation = try ProtectionPolicy.named(name, "an operation")
        guard case .sequence(let texts) = list else {
          throw Failure(line: list.mark?.line, what: "a list of mechanisms is expected")
        }
        var alternatives: [Alternative] = []
        for text in texts { alternatives.append(try ProtectionPolicy.alternative(text)) }
        rules[content, default: [:]][operation] = alternatives
      }
    }
  }

  private static func alternative(_ node: Node) throws(Failure) -> Alternative {
    var mechanisms: Alternative = []
    for part in (node.scalar?.string ?? "").split(separator: "+", omittingEmptySubsequences: false) {
      let name = part.trimmingSpaces
      guard let mechanism = Mechanism(rawValue: name) else {
        throw Failure(line: node.mark?.line, what: "no mechanism is called `\(name.prefix(40))`")
      }
      mechanisms.insert(mechanism)
    }
    return mechanisms
  }

  private static func named<Name: RawRepresentable<String> & CaseIterable>(
    _ node: Node, _ what: String
  ) throws(Failure) -> Name {
    guard let text = node.scalar?.string, let name = Name(rawValue: text) else {
      let names = Name.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
      throw Failure(line: node.mark?.line, what: "\(what) is one of \(names)")
    }
    return name
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
