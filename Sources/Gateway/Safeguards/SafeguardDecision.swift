package import Bytes
package import Ciphers
package import PHI

/// What an organisation decided about a specification of the Security Rule (45 CFR 164.306(d)(3), 164.316(b)(1)).
package struct SafeguardDecision: Hashable, Sendable {
  /// What was decided.
  package enum Kind: String, CaseIterable, Sendable {
    /// It is implemented (164.306(d)(3)(ii)(A)).
    case implemented
    /// It is not, and an equivalent measure takes its place (164.306(d)(3)(ii)(B)(2)).
    case alternative
    /// It is not reasonable and appropriate, and neither is an alternative (164.306(d)(3)(ii)(B)(1)).
    case notReasonable = "not_reasonable"
  }

  /// What it is about.
  package let specification: SecuritySpecification
  package let kind: Kind
  /// Why; nothing but the first kind may be without.
  package let rationale: String?
  /// What is done in its place.
  package let alternative: String?
  /// Who answers for it.
  package let owner: String
  /// When it was decided.
  package let decided: CalendarDate
  /// When it is to be looked at again (164.306(e), 164.316(b)(2)(iii)).
  package let review: CalendarDate
  /// Where it can be seen that it is so: documents, tests, settings.
  package let evidence: [String]

  /// The hash of all that it says, as the log names it.
  package var digest: Digest { Digest(hashing: json.bytes.span) }

  /// The decision as a value of JSON.
  package var json: JSONValue {
    [
      "specification": .string(specification.paragraph), "decision": .string(kind.rawValue),
      "rationale": rationale.map { .string($0) } ?? .null, "alternative": alternative.map { .string($0) } ?? .null,
      "owner": .string(owner), "decided": .string("\(decided)"), "review": .string("\(review)"),
      "evidence": .array(evidence.map { .string($0) }),
    ]
  }
}

extension SafeguardDecision {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members(
      "specification", "decision", "rationale", "alternative", "owner", "decided", "review", "evidence")
    let place = try members.required("specification")
    guard let specification = SecuritySpecification.at(try place.text()) else {
      throw place.error(.wrongForm(expected: "a specification of Appendix A, such as 164.312(a)(2)(iv)"))
    }
    self.specification = specification
    let decision = try members.required("decision")
    guard let kind = Kind(rawValue: try decision.text()) else {
      throw decision.error(.wrongForm(expected: "`implemented`, `alternative` or `not_reasonable`"))
    }
    guard kind == .implemented || specification.isAddressable else {
      throw decision.error(.wrongForm(expected: "`implemented`: the specification is required (164.306(d)(2))"))
    }
    self.kind = kind
    // INVARIANT: what is not implemented has its reason in writing (164.306(d)(3)(ii)(B)(1)).
    rationale = try kind == .implemented ? members["rationale"]?.words() : members.required("rationale").words()
    if kind == .alternative {
      alternative = try members.required("alternative").words()
    } else if let extra = members["alternative"] {
      throw extra.error(.wrongForm(expected: "left out: only the decision `alternative` has one"))
    } else {
      alternative = nil
    }
    owner = try members.required("owner").words()
    decided = try members.required("decided").date()
    let review = try members.required("review")
    self.review = try review.date()
    guard decided < self.review else { throw review.error(.wrongForm(expected: "a day after `decided`")) }
    var evidence: [String] = []
    for item in try members["evidence"]?.elements() ?? [] { evidence.append(try item.words()) }
    guard kind == .notReasonable || !evidence.isEmpty else {
      throw try members.required("evidence").error(.wrongForm(expected: "a list of at least one reference"))
    }
    self.evidence = evidence
  }
}

extension ConfigurationNode {
  /// Text that says something.
  fileprivate func words() throws(ConfigurationError) -> String {
    let text = try text()
    guard text.contains(where: \.isLetter) else { throw error(.wrongForm(expected: "words")) }
    return text
  }
}
