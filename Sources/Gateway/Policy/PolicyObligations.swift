import Ledger
import PHI
import Policy

/// What the policies that allow a request ask of the gateway, and whether it can do it.
///
/// ## What it does
/// `@redact("identifiers")` has every identifier leave as a token, also where a tool server would see them in the clear;
/// `@redact("answer")` has none put back in the answer; a list of kinds such as `@redact("SSN MRN")` none of those.
/// `@require` wants `mfa`, `managed_device`, `user`, `patient` or `approval`. `@notify("office")` raises an alert before
/// anything leaves.
///
/// ## What it leaves alone
/// `@hold`: nobody can look at an answer before it is released yet, so that what is to be held is refused.
///
/// ## Why
/// An obligation that is not carried out is a condition of the permission that is not met.
struct PolicyObligations {
  /// The kinds that no answer carries in the clear.
  private(set) var redactsInAnswers: Set<Identifier> = []
  /// Whether identifiers leave as tokens only.
  private(set) var redactsWhatLeaves = false
  /// Who is to be told.
  private(set) var notices: Set<ConfiguredName> = []
  /// What the request would need.
  private(set) var required: Set<Requirement> = []
  /// The policy that asks for what cannot be done; nil when all can be.
  private(set) var unmet: Obligation?

  /// What can be required.
  enum Requirement: String, CaseIterable {
    case mfa
    case managedDevice = "managed_device"
    case user
    case patient
    case approval
  }

  init(_ obligations: [Obligation]) {
    for obligation in obligations {
      switch obligation.kind {
      case .redact:
        switch obligation.argument.string {
        case "identifiers": redactsWhatLeaves = true
        case "answer": redactsInAnswers = Set(Identifier.allCases)
        case let list: redactsInAnswers.formUnion(Self.kinds(list) ?? [])
        }
      case .require:
        if let requirement = Requirement(rawValue: obligation.argument.string) { required.insert(requirement) }
      case .notify:
        if let name = ConfiguredName(obligation.argument.string) { notices.insert(name) }
      case .hold: unmet = unmet ?? obligation
      }
    }
  }

  /// Checks that everything a policy asks for is something that can be asked for.
  static func check(_ statement: Statement) throws(PolicyFault) {
    func require(_ name: String, _ isKnown: (String) -> Bool, _ expected: String) throws(PolicyFault) {
      guard let argument = statement.annotation(Text(name))?.string, !isKnown(argument) else { return }
      throw PolicyFault("policy `\(statement.id)`: `@\(name)` must be \(expected)")
    }
    try require(
      "redact", { $0 == "identifiers" || $0 == "answer" || kinds($0) != nil },
      "`identifiers`, `answer`, or kinds such as `SSN MRN`")
    try require(
      "require", { Requirement(rawValue: $0) != nil },
      "one of \(Requirement.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))")
    try require("notify", { ConfiguredName($0) != nil }, "an office, without spaces")
  }

  private static func kinds(_ list: String) -> Set<Identifier>? {
    let labels = list.split(separator: " ")
    let kinds = labels.compactMap { Identifier(label: String($0)) }
    return kinds.isEmpty || kinds.count != labels.count ? nil : Set(kinds)
  }
}
