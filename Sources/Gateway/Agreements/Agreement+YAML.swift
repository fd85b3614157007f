import Ciphers
import Ledger
import PHI
import Providers
import Yams

extension Agreement {
  /// What an entry must say.
  enum Completeness {
    /// What `cordon.yaml` has always asked for.
    case brief
    /// Everything that the registry keeps.
    case whole
  }

  init(_ node: ConfigurationNode, _ completeness: Completeness = .brief) throws(ConfigurationError) {
    let members = try node.members(
      "vendor", "id", "signed", "effective", "expires", "terminated", "environment", "prohibits_training",
      "zero_retention_attested", "breach_report_hours", "regions", "services", "purposes", "data_classes",
      "subcontractors", "clauses", "document")
    switch completeness {
    case .brief:
      if let extra = members["vendor"] {
        throw extra.error(.wrongForm(expected: "left out: the agreement stands with its vendor"))
      }
    case .whole:
      for name in Self.registered { _ = try members.required(name) }
    }
    id = try members.required("id").id()
    signed = try members.required("signed").date()
    effective = try members["effective"]?.date()
    expires = try members.required("expires").date()
    terminated = try members["terminated"]?.date()
    prohibitsTraining = try members.required("prohibits_training").boolean()
    zeroRetentionAttested = try members["zero_retention_attested"]?.date()
    // 45 CFR 164.410(b): without unreasonable delay, and never later than 60 days.
    breachReportHours = try members["breach_report_hours"]?.integer(in: 1...1_440)
    environment = try members["environment"].map(DeploymentEnvironment.init)
    regions = try members["regions"]?.set { node throws(ConfigurationError) in try node.id() }
    purposes = try members["purposes"]?.set { node throws(ConfigurationError) in try node.id() }
    services = try members["services"].map(ServiceScope.init) ?? ServiceScope()
    if let classes = members["data_classes"], classes.node.scalar?.string != "all" {
      dataClasses = try classes.set { node throws(ConfigurationError) in
        guard let named = DataClass(try node.text()) else {
          throw node.error(.wrongForm(expected: "`all` or a list of \(DataClass.names.joined(separator: ", "))"))
        }
        return named
      }
    }
    for subcontractor in try members["subcontractors"]?.elements() ?? [] {
      subcontractors.append(try Subcontractor(subcontractor))
    }
    clauses = try members["clauses"].map(Self.clauses)
    document = try members["document"].map(Self.digest)
    guard begins <= expires else {
      throw try members.required("expires").error(.wrongForm(expected: "no day before the agreement begins"))
    }
  }

  /// What nobody may leave out of the registry, besides the usual; what was not agreed is said in words: `[]`.
  private static let registered = [
    "vendor", "effective", "environment", "breach_report_hours", "regions", "services", "purposes", "data_classes",
    "subcontractors", "clauses",
  ]

  private static func clauses(_ node: ConfigurationNode) throws(ConfigurationError) -> [RequiredClause: String] {
    let members = try node.members(RequiredClause.allCases.map(\.rawValue))
    var clauses: [RequiredClause: String] = [:]
    for clause in RequiredClause.allCases {
      guard let place = members[clause.rawValue] else {
        throw node.error(
          .wrongForm(expected: "whole: where `\(clause.rawValue)` stands is missing (45 CFR \(clause.paragraph))"))
      }
      clauses[clause] = try place.text()
    }
    return clauses
  }

  private static func digest(_ node: ConfigurationNode) throws(ConfigurationError) -> Digest {
    let text = try node.text()
    guard text.hasPrefix("sha256:"), let digest = Digest(hexadecimal: String(text.dropFirst(7))) else {
      throw node.error(.wrongForm(expected: "`sha256:` and 64 hexadecimal digits"))
    }
    return digest
  }
}

extension Subcontractor {
  fileprivate init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("name", "agreement", "effective", "expires", "models")
    name = try members.required("name").id()
    agreement = try members["agreement"]?.id()
    models = try members["models"]?.set { node throws(ConfigurationError) in try node.model() }
    guard agreement != nil else { return }
    let (first, last) = (try members.required("effective").date(), try members.required("expires").date())
    guard first <= last else {
      throw try members.required("expires").error(.wrongForm(expected: "no day before the agreement begins"))
    }
    days = first...last
  }
}

extension ServiceScope {
  /// What stands among the operations for their files and batches.
  static let batches = "batches"

  fileprivate init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    let members = try node.members("operations", "models", "endpoints")
    let named = try members["operations"]?.set { node throws(ConfigurationError) -> Operation? in
      let name = try node.text()
      if name == Self.batches { return nil }
      guard let operation = Operation(rawValue: name) else {
        let names = (Operation.allCases.map(\.rawValue) + [Self.batches]).joined(separator: ", ")
        throw node.error(.wrongForm(expected: "one of \(names)"))
      }
      return operation
    }
    operations = named.map { Set($0.compactMap(\.self)) }
    coversBatches = named?.contains(nil) != false
    models = try members["models"]?.set { node throws(ConfigurationError) in try node.model() }
    endpoints = try members["endpoints"]?.set { node throws(ConfigurationError) in
      let host = try node.text()
      guard !host.contains("/"), !host.contains("@"), host == host.lowercased() else {
        throw node.error(.wrongForm(expected: "a host such as llm.vendor.example, with its port where it has one"))
      }
      return host
    }
  }
}

extension DeploymentEnvironment {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    guard let named = DeploymentEnvironment(rawValue: try node.text()) else {
      throw node.error(.wrongForm(expected: "`production` or `test`"))
    }
    self = named
  }
}

extension ConfigurationNode {
  /// The elements of a list, each of which stands there once.
  func set<Element: Hashable>(
    _ read: (ConfigurationNode) throws(ConfigurationError) -> Element
  ) throws(ConfigurationError) -> Set<Element> {
    var set: Set<Element> = []
    for element in try elements() {
      guard set.insert(try read(element)).inserted else { throw element.error(.duplicate) }
    }
    return set
  }

  /// The name of a model.
  fileprivate func model() throws(ConfigurationError) -> ModelName {
    guard let model = ModelName(try text()) else { throw error(.wrongForm(expected: "a model's name")) }
    return model
  }
}
