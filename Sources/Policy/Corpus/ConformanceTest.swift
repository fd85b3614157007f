import Bytes

/// A test of Cedar's conformance suite: policies, schema, entities, and requests with the decisions expected.
package struct ConformanceTest: Sendable {
  /// Something that came out otherwise than expected.
  package struct Difference: Hashable, Sendable {
    /// Which part of the test.
    package var part: String
    /// What was expected.
    package var expected: String
    /// What came out.
    package var found: String
  }

  /// What came of a test.
  package struct Outcome: Sendable {
    /// How many requests were decided.
    package var requests = 0
    /// How many things were compared.
    package var comparisons = 0
    /// What differed.
    package var differences: [Difference] = []

    mutating func compare(_ part: String, _ expected: String, _ found: String) {
      comparisons += 1
      if expected != found { differences.append(Difference(part: part, expected: expected, found: found)) }
    }
  }

  /// The paths of the files that it names, relative to the suite's folder.
  package let files: Files

  /// The files of a test.
  package struct Files: Sendable {
    /// The policies.
    package let policies: String
    /// The entities.
    package let entities: String
    /// The schema.
    package let schema: String
  }

  private let json: JSONValue

  /// The test that `source` describes; nil when it is none.
  package init?(_ source: [UInt8]) {
    guard let json = try? JSONValue(parsing: source), let policies = json["policies"]?.string,
      let entities = json["entities"]?.string, let schema = json["schema"]?.string, json["requests"]?.array != nil
    else { return nil }
    self.json = json
    files = Files(policies: policies, entities: entities, schema: schema)
  }

  /// Runs the test on the contents of its files.
  package func run(policies: [UInt8], entities: [UInt8], schema: [UInt8]) -> Outcome {
    var outcome = Outcome()
    do throws(PolicyError) {
      let set = try PolicySet(parsing: policies)
      let schema = try Schema(source: schema)
      let entities = try Entities(json: JSONValue(policyDocument: entities), schema: schema)
      let faults = try Validator(schema).faults(in: set)
      if let expected = json["shouldValidate"]?.bool {
        outcome.compare("validation", String(expected), faults.isEmpty ? "true" : "false")
      }
      let authorizer = try Authorizer(set)
      for (index, request) in (json["requests"]?.array ?? []).enumerated() {
        outcome.requests += 1
        try compare(request, "request \(index)", authorizer, entities, schema, &outcome)
      }
    } catch {
      outcome.compare("reading", "no error", error.description)
    }
    return outcome
  }

  private func compare(
    _ json: JSONValue, _ part: String, _ authorizer: Authorizer, _ entities: Entities, _ schema: Schema,
    _ outcome: inout Outcome
  ) throws(PolicyError) {
    let isValidated = json["validateRequest"]?.bool ?? true
    let request = try AccessRequest(json: json, schema: schema, isChecked: isValidated)
    let decision = authorizer.decide(request, entities)
    outcome.compare("\(part): decision", json["decision"]?.string ?? "", decision.effect.rawValue)
    outcome.compare("\(part): reasons", names(json["reason"]), listed(decision.reasons))
    outcome.compare("\(part): errors", names(json["errors"]), listed(decision.failures.map(\.policy)))
  }

  private func names(_ json: JSONValue?) -> String { listed((json?.array ?? []).compactMap(\.string).map { Text($0) }) }

  private func listed(_ names: [Text]) -> String { names.sorted().map(\.string).joined(separator: " ") }
}
