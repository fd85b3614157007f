import Bytes
import Deidentification
import PHI

extension RedactionReport {
  /// The report as JSON: counts by kind and class, what was done, and the versions of the rule and of the tables.
  var json: JSONValue {
    let found = counts.present
    return .object(
      [
        JSONMember("profile", .string(profile.rawValue)),
        JSONMember("rule", ["citation": .string(rule.citation), "effective": .string(rule.effective)]),
        JSONMember(
          "zip_prefixes",
          [
            "table": .string(zipPrefixes.name), "census": .integer(zipPrefixes.year),
            "sha256": .string(zipPrefixes.sha256),
          ]),
        JSONMember("as_of", .string(reference.description)),
      ] + basis.members + [
        JSONMember("counts", .object(found.map { JSONMember($0.identifier.label, .integer($0.count)) })),
        JSONMember("classes", classes),
        JSONMember(
          "methods",
          .object(found.map { JSONMember($0.identifier.label, .string(method(for: $0.identifier).description)) })),
        JSONMember("residual_risks", .array(risks.map { .string($0.statement) })),
      ])
  }

  /// The counts by the classes of 45 CFR 164.514(b)(2)(i), (A) to (R).
  private var classes: JSONValue {
    .object(
      SafeHarborClass.allCases.compactMap { letter in
        let count = counts.present.filter { $0.identifier.safeHarborClass == letter }.reduce(0) { $0 + $1.count }
        return count > 0 ? JSONMember(String(letter.rawValue), .integer(count)) : nil
      })
  }
}

extension ProfileBasis {
  /// What a report says of it.
  fileprivate var members: [JSONMember] {
    switch self {
    case .none: []
    case .agreement(let agreement, let purpose):
      [JSONMember("agreement", ["id": .string(agreement.id), "purpose": .string(purpose.rawValue)])]
    case .determination(let determination):
      [
        JSONMember(
          "determination", ["id": .string(determination.id), "expires": .string(determination.expires.description)])
      ]
    }
  }
}
