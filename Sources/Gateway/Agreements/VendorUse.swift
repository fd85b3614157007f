package import Ledger
package import PHI
package import Providers

/// What a request would have a vendor do, as far as an agreement has a say in it.
package struct VendorUse: Sendable {
  @Boxed package private(set) var vendor: Vendor
  @Boxed package private(set) var useCase: UseCase
  /// The model; nil for a tool server.
  package let model: ModelName?
  /// What the vendor is asked for, in its own dialect; nil for a tool server.
  package let operation: Operation?
  /// Whether it is to be done by and by, the vendor keeping it meanwhile.
  package let isBatch: Bool

  package init(
    _ vendor: Vendor, for useCase: UseCase, model: ModelName? = nil, operation: Operation? = nil, isBatch: Bool = false
  ) {
    self.isBatch = isBatch
    self.vendor = vendor
    self.useCase = useCase
    self.model = model
    self.operation = operation
  }
}

/// What this deployment asks of every agreement.
package struct AgreementTerms: Hashable, Sendable {
  /// What kind of deployment this is.
  package var environment = DeploymentEnvironment.production
  /// Where vendors may process.
  package var approvedRegions: Set<ConfiguredID<Configuration.Region>> = []

  package init() {}
}

extension Agreement {
  /// Everything for which this agreement does not cover a use on a day; empty when it covers it.
  package func objections(to use: VendorUse, under terms: AgreementTerms, on today: CalendarDate) -> [Refusal] {
    var objections: [Refusal] = []
    func require(_ isCovered: Bool, else rule: Refusal.Rule, _ fact: @autoclosure () -> String) {
      if !isCovered { objections.append(Refusal(rule, fact(), agreement: id)) }
    }
    let (vendor, useCase, name) = (use.vendor, use.useCase, "agreement `\(id)`")
    require(isInForce(on: today), else: .agreementNotInForce, term(on: today))
    require(
      services.operations.map { use.operation.map($0.contains) == true } != false, else: .serviceNotCovered,
      "\(name) does not cover \(use.operation.map { "the operation `\($0.rawValue)`" } ?? "tool servers")")
    require(!use.isBatch || services.coversBatches, else: .serviceNotCovered, "\(name) does not cover batches")
    if let model = use.model {
      require(services.models?.contains(model) != false, else: .serviceNotCovered, "\(name) does not cover the model")
    }
    if let endpoints = services.endpoints, let place = vendor.kind.place {
      require(
        endpoints.contains(place.host), else: .serviceNotCovered,
        "\(name) does not cover the endpoint of vendor `\(vendor.id)`")
    }
    require(
      purposes?.contains(useCase.purpose) != false, else: .purposeNotPermitted,
      "\(name) does not permit the purpose `\(useCase.purpose)`")
    for subcontractor in subcontractors where subcontractor.hasToDo(with: use.model) {
      require(
        subcontractor.isCovered(on: today), else: .subcontractorNotCovered,
        "subcontractor `\(subcontractor.name)` of \(name) has none in force of its own")
    }
    require(prohibitsTraining, else: .trainingNotProhibited, "\(name) does not prohibit training")
    require(
      !useCase.wantsZeroRetention || zeroRetentionAttested.map { $0 <= today } == true,
      else: .zeroRetentionNotAttested, "use case `\(useCase.id)` wants nothing kept, and \(name) has no attestation")
    require(
      environment.map { $0 == terms.environment } != false, else: .environmentMismatch,
      "\(name) is for \(environment?.rawValue ?? ""), this is \(terms.environment.rawValue)")
    guard vendor.isOutside else { return objections }
    let region = vendor.region.map { "`\($0)`" } ?? "no region"
    require(
      vendor.region.map(terms.approvedRegions.contains) == true, else: .regionNotApproved,
      "vendor `\(vendor.id)` processes in \(region), which is not approved")
    if let regions {
      require(
        vendor.region.map(regions.contains) == true, else: .regionNotCovered,
        "\(name) does not cover \(region), where vendor `\(vendor.id)` processes")
    }
    return objections
  }

  /// Why a request that holds these may not go out under this agreement; nil when it may.
  func objection(to kinds: some Sequence<Identifier>, uninspected: some Sequence<Uninspectable.Reason>) -> Refusal? {
    guard let dataClasses else { return nil }
    let held = kinds.map(DataClass.identifier) + uninspected.map(DataClass.uninspected)
    let surplus = Set(held.filter { !dataClasses.contains($0) }.map(\.name)).sorted()
    guard !surplus.isEmpty else { return nil }
    return Refusal(
      .dataClassNotCovered, "agreement `\(id)` does not cover \(surplus.joined(separator: ", "))", agreement: id)
  }

  private func term(on today: CalendarDate) -> String {
    if let terminated, terminated <= today {
      return "agreement `\(id)` was terminated on \(terminated), today is \(today)"
    }
    return "agreement `\(id)` is in force from \(begins) to \(expires), today is \(today)"
  }
}

extension Vendor.Place {
  /// The host of the address, with its port where it has one.
  package var host: String {
    guard let scheme = ["https://", "http://"].first(where: baseURL.hasPrefix) else { return baseURL }
    return String(baseURL.dropFirst(scheme.utf8.count).prefix { $0 != "/" }).lowercased()
  }
}
