import Bytes
import Deidentification
import PHI

extension RedactionReport {
  /// The report as JSON: counts by kind, and the versions of the rule and of the tables.
  var json: JSONValue {
    [
      "profile": .string(profile.rawValue),
      "rule": ["citation": .string(rule.citation), "effective": .string(rule.effective)],
      "zip_prefixes": [
        "table": .string(zipPrefixes.name), "census": .integer(zipPrefixes.year), "sha256": .string(zipPrefixes.sha256),
      ],
      "as_of": .string(reference.description),
      "counts": .object(counts.present.map { JSONMember($0.identifier.label, .integer($0.count)) }),
    ]
  }
}
