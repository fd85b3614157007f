import Bytes
package import Ciphers
import Ledger
import Providers

extension Agreement {
  /// The entry of the registry for this agreement with a vendor: the same text for equal agreements.
  package func entry(of vendor: ConfiguredID<Vendor>) -> String {
    var lines = [
      "  - vendor: \(vendor)", "    id: \(id)", "    signed: \(signed)", "    effective: \(effective ?? signed)",
      "    expires: \(expires)",
    ]
    if let terminated { lines.append("    terminated: \(terminated)") }
    if let environment { lines.append("    environment: \(environment.rawValue)") }
    lines.append("    prohibits_training: \(prohibitsTraining)")
    if let zeroRetentionAttested { lines.append("    zero_retention_attested: \(zeroRetentionAttested)") }
    if let breachReportHours { lines.append("    breach_report_hours: \(breachReportHours)") }
    if let regions { lines.append("    regions: \(Self.list(regions.map(\.name)))") }
    lines += services.lines
    if let purposes { lines.append("    purposes: \(Self.list(purposes.map(\.name)))") }
    lines.append("    data_classes: \(dataClasses.map { Self.list($0.map(\.name)) } ?? "all")")
    lines.append("    subcontractors:\(subcontractors.isEmpty ? " []" : "")")
    for subcontractor in subcontractors { lines += subcontractor.lines }
    if let clauses {
      lines.append("    clauses:")
      for clause in RequiredClause.allCases {
        if let place = clauses[clause] { lines.append("      \(clause.rawValue): \(Self.quoted(place))") }
      }
    }
    if let document { lines.append("    document: sha256:\(document)") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The hash of the entry: what the log keeps of the terms under which something was sent.
  package func digest(of vendor: ConfiguredID<Vendor>) -> Digest { Digest(hashing: Array(entry(of: vendor).utf8).span) }

  fileprivate static func list(_ names: [String]) -> String {
    "[\(names.sorted().map(quoted).joined(separator: ", "))]"
  }

  /// A text in YAML's double quotes, which read JSON's escapes.
  fileprivate static func quoted(_ text: String) -> String {
    String(decoding: JSONValue.string(text).bytes, as: UTF8.self)
  }
}

extension ServiceScope {
  fileprivate var lines: [String] {
    var lines: [String] = []
    if let operations {
      let names = operations.map(\.rawValue) + (coversBatches ? [ServiceScope.batches] : [])
      lines.append("      operations: \(Agreement.list(names))")
    }
    if let models { lines.append("      models: \(Agreement.list(models.map(\.description)))") }
    if let endpoints { lines.append("      endpoints: \(Agreement.list(Array(endpoints)))") }
    return lines.isEmpty ? ["    services: {}"] : ["    services:"] + lines
  }
}

extension Subcontractor {
  fileprivate var lines: [String] {
    var lines = ["      - name: \(name)"]
    if let agreement { lines.append("        agreement: \(agreement)") }
    if let days {
      lines += ["        effective: \(days.lowerBound)", "        expires: \(days.upperBound)"]
    }
    if let models { lines.append("        models: \(Agreement.list(models.map(\.description)))") }
    return lines
  }
}
