package import Ledger
package import PHI
package import Providers

/// Decides whether a request may go to a vendor, before anything is sent: from the configuration, the registry of
/// agreements, and what somebody has stopped.
package struct Admission: Sendable {
  let useCases: [ConfiguredID<UseCase>: UseCase]
  let vendors: [ConfiguredID<Vendor>: Vendor]
  private let terms: AgreementTerms
  /// What may leave to whom; nil where the configuration says nothing of it.
  let routes: [EgressRoute]?
  /// Which kinds of information stay inside.
  let sensitive: SensitiveSettings?
  let emergencySettings: EmergencySettings
  let emergency: EmergencyMarker
  private let registry: AgreementRegistry
  let stops: StopMarkers
  let attestations: VendorAttestations
  /// What of the configuration's grants is in force; nil where all of it is.
  let grants: GrantsInForce?

  package init(
    _ configuration: Configuration, registry: AgreementRegistry = AgreementRegistry(),
    stops: StopMarkers = StopMarkers(data: nil), attestations: VendorAttestations = VendorAttestations(),
    grants: GrantsInForce? = nil
  ) {
    useCases = Dictionary(uniqueKeysWithValues: configuration.useCases.map { ($0.id, $0) })
    vendors = Dictionary(uniqueKeysWithValues: configuration.vendors.map { ($0.id, $0) })
    terms = configuration.agreementTerms
    routes = configuration.routes
    sensitive = configuration.sensitive
    emergencySettings = configuration.emergency
    emergency = EmergencyMarker(data: configuration.dataDirectory)
    self.registry = registry
    self.stops = stops
    self.attestations = attestations
    self.grants = grants
  }

  /// Where a request goes, and under which agreement.
  package struct Route: Sendable {
    @Boxed package private(set) var caller: Caller
    /// The use case, with as much of identifiers in its answers as the policies let be shown.
    @Boxed package internal(set) var useCase: UseCase
    @Boxed package private(set) var vendor: Vendor
    package let model: ModelName
    /// How the request goes to the vendor.
    package let carriage: Carriage
    /// What covers it; nil for what does not leave the process.
    @Boxed package private(set) var agreement: Agreement?
    /// Who answers for its leaving; nil for what does not leave, or where the configuration has no routes.
    @Boxed package internal(set) var egress: EgressRoute? = nil
    /// What the caller asks for.
    package let operation: Operation
    /// Whether it goes with others in a batch, which the vendor keeps.
    package var isBatch = false
    /// How it ends what the vendor keeps; nil for what goes on.
    var ending: Ending?
    /// The policies that allow it; nil where there are none.
    @Boxed var verdict: PolicyVerdict? = nil
    /// What these were told of what it holds, with all that it goes on from; nil where there are none.
    @Boxed var held: HeldFacts? = nil
    /// What its patients had to say of it; nil where it is about nobody.
    var standing: PatientStanding?
  }

  /// What was decided; a refusal says where the request would have gone, as far as that was known.
  package indirect enum Decision: Sendable {
    case allowed(Route)
    case refused(Refusal, useCase: UseCase?, vendor: Vendor?)
  }

  /// Decides for one request of an authenticated caller; a request that names no use case takes the caller's first.
  ///
  /// `link` is one of the vendors of the use case's chain, the first unless given: what may go to one need not be fit for
  /// another. What holds any of `classes` goes to vendors inside only.
  package func decide(
    caller: Caller, requesting requested: String?, model: ModelName, for operation: Operation = .chatCompletions,
    at link: UseCase.Fallback? = nil, holding classes: Set<SensitiveClass> = [], inBatch isBatch: Bool = false,
    on today: CalendarDate
  ) -> Decision {
    let useCase: UseCase
    switch named(requested, of: caller) {
    case .success(let found): useCase = found
    case .failure(let refusal): return .refused(refusal, useCase: nil, vendor: nil)
    }
    let link = link ?? UseCase.Fallback(vendor: useCase.vendor)
    if mustWait(useCase) { return .refused(Refusal(waiting: useCase), useCase: useCase, vendor: nil) }
    guard useCase.models.contains(model) else {
      let refusal = Refusal(.modelNotAllowed, "use case `\(useCase.id)` does not allow the model")
      return .refused(refusal, useCase: useCase, vendor: nil)
    }
    if !classes.isEmpty, let vendor = vendors[link.vendor], !vendor.isInside {
      return .refused(Refusal(classes, outside: vendor), useCase: useCase, vendor: vendor)
    }
    return decide(
      caller: caller, useCase: useCase, at: link.vendor, model: link.models[model] ?? model, for: operation,
      inBatch: isBatch, on: today)
  }

  /// The vendors that are asked for a use case's request, in their order.
  func chain(of useCase: UseCase, holding classes: Set<SensitiveClass>) -> [UseCase.Fallback] {
    let chain = classes.isEmpty ? useCase.chain : sensitive?.chain(of: useCase) ?? useCase.chain
    return emergency.isSet ? emergencySettings.chain(chain, of: useCase) : chain
  }

  /// Every vendor that requests of a use case may have gone to, whatever they held and whatever the times were.
  func links(of useCase: UseCase) -> [UseCase.Fallback] {
    let chain = sensitive?.chain(of: useCase) ?? useCase.chain
    return emergencySettings.chain(chain, of: useCase)
  }

  /// Whether a conversation of a use case may go on at the vendor that has its turns: one that answers in an emergency only
  /// has nothing more to do when that is over.
  func mayGoOn(_ useCase: UseCase, at vendor: ConfiguredID<Vendor>) -> Bool {
    let usual = useCase.chain + (sensitive?.chain(of: useCase) ?? [])
    return (usual + chain(of: useCase, holding: [])).contains { $0.vendor == vendor }
  }

  /// Whether a use case waits until an emergency is over.
  func mustWait(_ useCase: UseCase) -> Bool { useCase.criticality > emergencySettings.serves && emergency.isSet }

  /// Decides whether a request may go to one vendor: the use case's own, or another in its place.
  package func decide(
    caller: Caller, useCase: UseCase, at vendor: ConfiguredID<Vendor>, model: ModelName, for operation: Operation,
    inBatch isBatch: Bool = false, on today: CalendarDate
  ) -> Decision {
    guard let vendor = vendors[vendor] else {
      let refusal = Refusal(.modelNotAllowed, "use case `\(useCase.id)` does not allow the model")
      return .refused(refusal, useCase: useCase, vendor: nil)
    }
    let carriage = vendor.carriage(of: operation)
    let use = VendorUse(
      vendor, for: useCase, model: model, operation: carriage?.operation(for: operation) ?? operation,
      isBatch: isBatch)
    if let refusal = stops.refusal(of: use) { return .refused(refusal, useCase: useCase, vendor: vendor) }
    let agreement: Agreement?
    switch coverage(of: use, on: today) {
    case .success(let covering): agreement = covering
    case .failure(let refusal): return .refused(refusal, useCase: useCase, vendor: vendor)
    }
    let egress: EgressRoute?
    switch self.egress(of: use, on: today) {
    case .success(let leading): egress = leading
    case .failure(let refusal): return .refused(refusal, useCase: useCase, vendor: vendor)
    }
    let isOffered = !isBatch || carriage == .direct && vendor.hasBatches(in: operation.dialect)
    guard let carriage, isOffered else {
      let asked = "\(isBatch ? "batches of " : "")`\(operation.path)`"
      let refusal = Refusal(.operationNotOffered, "vendor `\(vendor.id)` does not offer \(asked)")
      return .refused(refusal, useCase: useCase, vendor: vendor)
    }
    return .allowed(
      Route(
        caller: caller, useCase: useCase, vendor: vendor, model: model, carriage: carriage, agreement: agreement,
        egress: egress, operation: operation, isBatch: isBatch))
  }

  /// Why what was allowed may not go on; nil when it may.
  package func objection(to route: Route, on today: CalendarDate) -> Refusal? {
    objection(to: Allowance(route), on: today)
  }

  /// Every use that the configuration lets a vendor be put to: for each use case and model, one for each operation that
  /// the vendor offers in its own dialect.
  var uses: [[VendorUse]] {
    var uses: [[VendorUse]] = []
    for useCase in useCases.values.sorted(by: { $0.id.name < $1.id.name }) {
      for server in useCase.toolServers.sorted(by: { $0.name < $1.name }) {
        if let vendor = vendors[server] { uses.append([VendorUse(vendor, for: useCase)]) }
      }
      for link in chain(of: useCase, holding: sensitive?.classes ?? []) {
        guard let vendor = vendors[link.vendor] else { continue }
        for model in useCase.models.map({ link.models[$0] ?? $0 }) {
          let operations = Operation.allCases.filter { vendor.carriage(of: $0) == .direct }
          uses.append(operations.map { VendorUse(vendor, for: useCase, model: model, operation: $0) })
        }
      }
    }
    return uses
  }

  /// The models that a caller may ask for, in the order of its use cases, each once.
  package func models(for caller: Caller) -> [(model: ModelName, vendor: ConfiguredID<Vendor>)] {
    var seen: Set<ModelName> = []
    return caller.useCases.compactMap { useCase($0.name, of: caller) }.flatMap { useCase in
      useCase.models.filter { seen.insert($0).inserted }.map { ($0, useCase.vendor) }
    }
  }

  func useCase(_ requested: String?, of caller: Caller) -> UseCase? { try? named(requested, of: caller).get() }

  /// Whether an agreement with a vendor lets it train on what it is given.
  func letsTrain(_ vendor: Vendor) -> Bool {
    registry.list.agreements(with: vendor).contains { !$0.prohibitsTraining }
  }

  /// The agreement that covers a use, or what is missing in the one that comes nearest.
  func coverage(of use: VendorUse, on today: CalendarDate) -> Result<Agreement?, Refusal> {
    let agreements = registry.list.agreements(with: use.vendor)
    guard !agreements.isEmpty else {
      let refusal = Refusal(.noAgreement, "vendor `\(use.vendor.id)` has no agreement")
      return use.vendor.isOutside ? .failure(refusal) : .success(nil)
    }
    var nearest: [Refusal] = []
    for agreement in agreements {
      let objections = agreement.objections(to: use, under: terms, on: today)
      if objections.isEmpty { return .success(agreement) }
      if nearest.isEmpty || objections.count < nearest.count { nearest = objections }
    }
    return nearest.first.map { .failure($0) } ?? .success(nil)
  }
}

extension Configuration {
  /// What this deployment asks of every agreement.
  package var agreementTerms: AgreementTerms {
    var terms = AgreementTerms()
    (terms.environment, terms.approvedRegions) = (environment, approvedRegions)
    return terms
  }
}
