package import Ledger

/// How much hangs on a use case (45 CFR 164.308(a)(7)(ii)(E)).
package enum Criticality: String, Hashable, Sendable, CaseIterable, Comparable {
  /// Patients come to harm without it.
  case vital
  /// Work stops without it.
  case important
  /// It can wait.
  case routine

  package static func < (left: Criticality, right: Criticality) -> Bool {
    allCases.firstIndex(of: left).map { $0 < allCases.firstIndex(of: right) ?? 0 } ?? false
  }
}

/// Who answers in an emergency when nobody else does, and what is still answered.
package struct EmergencySettings: Hashable, Sendable {
  /// Who is asked last, beside a use case's own vendors; nil for nobody.
  package var vendor: ConfiguredID<Vendor>?
  /// What the model is called there; nil for what the request calls it.
  package var model: ModelName?
  /// The least critical use cases that are answered.
  package var serves = Criticality.important

  /// Nobody else, and what is important.
  package init() {}
}

extension EmergencySettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    let members = try node.members("vendor", "model", "serves")
    vendor = try members["vendor"]?.id()
    if let place = members["model"] {
      guard let model = ModelName(try place.text()) else { throw place.error(.wrongForm(expected: "a model's name")) }
      guard vendor != nil else { throw place.error(.wrongForm(expected: "beside a `vendor`")) }
      self.model = model
    }
    if let place = members["serves"] { serves = try Criticality(place) }
  }

  /// The settings of a configuration whose vendors are known.
  static func read(
    _ node: ConfigurationNode?, in configuration: Configuration
  ) throws(ConfigurationError) -> EmergencySettings {
    guard let node else { return EmergencySettings() }
    let settings = try EmergencySettings(node)
    guard let id = settings.vendor else { return settings }
    guard configuration.vendors.contains(where: { $0.id == id && !$0.offersTools }) else {
      throw node.error(.unknownReference(to: "vendor of models"))
    }
    return settings
  }

  /// The vendors that are asked for a use case in an emergency, instead of those of `chain`.
  func chain(_ chain: [UseCase.Fallback], of useCase: UseCase) -> [UseCase.Fallback] {
    guard let vendor, !chain.contains(where: { $0.vendor == vendor }) else { return chain }
    return chain + [UseCase.Fallback(vendor, calling: model, of: useCase)]
  }
}

extension Criticality {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    guard let named = Criticality(rawValue: try node.text()) else {
      throw node.error(.wrongForm(expected: "`vital`, `important` or `routine`"))
    }
    self = named
  }
}

extension UseCase.Fallback {
  /// A vendor that has one model for all that a use case allows, where it has a name of its own.
  init(_ vendor: ConfiguredID<Vendor>, calling model: ModelName?, of useCase: UseCase) {
    self.init(vendor: vendor)
    if let model { models = Dictionary(useCase.models.map { ($0, model) }) { first, _ in first } }
  }
}

extension Refusal {
  /// What a request is told whose use case can wait.
  init(waiting useCase: UseCase) {
    self.init(.emergencyMode, "use case `\(useCase.id)` waits until the emergency is over", retryAfter: 300)
  }
}
