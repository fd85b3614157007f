package import Ledger

extension UseCase {
  /// A vendor that is asked when those before it fail, and what the models are called there.
  package struct Fallback: Hashable, Sendable {
    package var vendor: ConfiguredID<Vendor>
    /// The names of models that differ from those that requests name.
    package var models: [ModelName: ModelName] = [:]
  }

  /// The vendors in the order in which they are asked.
  var chain: [Fallback] { [Fallback(vendor: vendor)] + fallbacks }
}

extension UseCase.Fallback {
  /// Reads an element of `fallbacks` of a use case that lists `models`.
  init(_ node: ConfigurationNode, of models: [ModelName]) throws(ConfigurationError) {
    let members = try node.members("vendor", "models")
    vendor = try members.required("vendor").id()
    for (name, place) in try members["models"]?.pairs() ?? [] {
      guard let model = ModelName(name), models.contains(model) else {
        throw place.error(.unknownReference(to: "model"))
      }
      guard let other = ModelName(try place.text()) else { throw place.error(.wrongForm(expected: "a model's name")) }
      self.models[model] = other
    }
  }
}
