package import Ledger

/// Which kinds of information stay inside, and where requests that hold them go.
package struct SensitiveSettings: Sendable {
  /// The kinds.
  package let classes: Set<SensitiveClass>
  /// Who is asked when none of the use case's own vendors is inside.
  package let vendor: ConfiguredID<Vendor>?
  /// What the model is called there; nil for what the request calls it.
  package let model: ModelName?
  /// What finds them.
  let words: SensitiveWords

  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("classes", "vendor", "model")
    var classes: Set<SensitiveClass> = []
    for element in try members.required("classes").elements() {
      guard let named = SensitiveClass(rawValue: try element.text()) else {
        let known = SensitiveClass.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        throw element.error(.wrongForm(expected: "one of \(known)"))
      }
      classes.insert(named)
    }
    self.classes = classes
    vendor = try members["vendor"]?.id()
    if let place = members["model"] {
      guard let model = ModelName(try place.text()) else { throw place.error(.wrongForm(expected: "a model's name")) }
      guard vendor != nil else { throw place.error(.wrongForm(expected: "beside a `vendor`")) }
      self.model = model
    } else {
      model = nil
    }
    words = SensitiveWords(classes)
  }

  /// The settings of a configuration whose vendors are known.
  static func read(
    _ node: ConfigurationNode?, in configuration: Configuration
  ) throws(ConfigurationError) -> SensitiveSettings? {
    guard let node else { return nil }
    let settings = try SensitiveSettings(node)
    guard let id = settings.vendor else { return settings }
    guard let vendor = configuration.vendors.first(where: { $0.id == id }), !vendor.offersTools else {
      throw node.error(.unknownReference(to: "vendor of models"))
    }
    guard vendor.isInside else {
      throw node.error(.wrongForm(expected: "a vendor that is marked `inside: true`, or of kind `loopback`"))
    }
    return settings
  }

  /// What of it a text holds; where there is something beside it that cannot be read, it may hold any of it.
  func classes(in text: [UInt8], beside unread: Bool) -> Set<SensitiveClass> {
    unread ? classes : classes.isEmpty ? [] : words.classes(in: text)
  }

  /// The vendors that are asked for a use case's request that holds any of it.
  func chain(of useCase: UseCase) -> [UseCase.Fallback] {
    guard let vendor, !useCase.chain.contains(where: { $0.vendor == vendor }) else { return useCase.chain }
    return useCase.chain + [UseCase.Fallback(vendor, calling: model, of: useCase)]
  }
}

extension Configuration {
  /// What of a request stays inside: what its text holds of the kinds that are configured, and all that it declares.
  func sensitive(in text: [UInt8], beside unread: Bool, declared: Set<SensitiveClass>) -> Set<SensitiveClass> {
    declared.union(sensitive?.classes(in: text, beside: unread) ?? [])
  }
}

extension Vendor {
  /// Whether it runs in the house: what is sensitive may go to it.
  package var isInside: Bool { isMarkedInside || !isOutside }
}

extension Refusal {
  /// What a vendor outside is passed over by for a request that holds these.
  init(_ classes: Set<SensitiveClass>, outside vendor: Vendor) {
    let names = classes.map(\.rawValue).sorted().joined(separator: ", ")
    self.init(
      .sensitiveInsideOnly, "the request holds or declares \(names), and vendor `\(vendor.id)` is not inside")
  }
}
