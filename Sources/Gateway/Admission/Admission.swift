package import Ledger
package import PHI
package import Providers

/// Decides from the configuration alone whether a request may go to a vendor, before anything is sent.
package struct Admission: Sendable {
  let useCases: [ConfiguredID<UseCase>: UseCase]
  let vendors: [ConfiguredID<Vendor>: Vendor]
  private let approvedRegions: Set<ConfiguredID<Configuration.Region>>

  package init(_ configuration: Configuration) {
    useCases = Dictionary(uniqueKeysWithValues: configuration.useCases.map { ($0.id, $0) })
    vendors = Dictionary(uniqueKeysWithValues: configuration.vendors.map { ($0.id, $0) })
    approvedRegions = configuration.approvedRegions
  }

  /// Where a request goes, and under which agreement.
  package struct Route: Sendable {
    package let caller: Caller
    package let useCase: UseCase
    package let vendor: Vendor
    package let model: ModelName
    /// How the request goes to the vendor.
    package let carriage: Carriage
  }

  /// What was decided; a refusal says where the request would have gone, as far as that was known.
  package enum Decision: Sendable {
    case allowed(Route)
    case refused(Refusal, useCase: UseCase?, vendor: Vendor?)
  }

  /// Decides for one request of an authenticated caller; a request that names no use case takes the caller's first.
  package func decide(
    caller: Caller, requesting requested: String?, model: ModelName, for operation: Operation = .chatCompletions,
    on today: CalendarDate
  ) -> Decision {
    guard let useCase = useCase(requested, of: caller) else {
      return .refused(
        Refusal(.useCaseNotGranted, "caller `\(caller.id)` has no such use case"), useCase: nil, vendor: nil)
    }
    guard let vendor = vendors[useCase.vendor], useCase.models.contains(model) else {
      let refusal = Refusal(.modelNotAllowed, "use case `\(useCase.id)` does not allow the model")
      return .refused(refusal, useCase: useCase, vendor: nil)
    }
    if let refusal = refusal(for: vendor, on: today) {
      return .refused(refusal, useCase: useCase, vendor: vendor)
    }
    guard let carriage = vendor.carriage(of: operation) else {
      let refusal = Refusal(.operationNotOffered, "vendor `\(vendor.id)` does not offer `\(operation.path)`")
      return .refused(refusal, useCase: useCase, vendor: vendor)
    }
    return .allowed(Route(caller: caller, useCase: useCase, vendor: vendor, model: model, carriage: carriage))
  }

  /// The models that a caller may ask for, in the order of its use cases, each once.
  package func models(for caller: Caller) -> [(model: ModelName, vendor: ConfiguredID<Vendor>)] {
    var seen: Set<ModelName> = []
    return caller.useCases.compactMap { useCases[$0] }.flatMap { useCase in
      useCase.models.filter { seen.insert($0).inserted }.map { ($0, useCase.vendor) }
    }
  }

  func useCase(_ requested: String?, of caller: Caller) -> UseCase? {
    guard let requested else { return caller.useCases.first.flatMap { useCases[$0] } }
    return ConfiguredID<UseCase>(requested).flatMap { caller.useCases.contains($0) ? useCases[$0] : nil }
  }

  func refusal(for vendor: Vendor, on today: CalendarDate) -> Refusal? {
    guard let agreement = vendor.agreement else {
      return vendor.isOutside ? Refusal(.noAgreement, "vendor `\(vendor.id)` has no agreement") : nil
    }
    guard agreement.isInForce(on: today) else {
      return Refusal(
        .agreementNotInForce,
        "agreement `\(agreement.id)` is in force from \(agreement.signed) to \(agreement.expires), today is \(today)")
    }
    guard agreement.prohibitsTraining else {
      return Refusal(.trainingNotProhibited, "agreement `\(agreement.id)` does not prohibit training")
    }
    guard !vendor.isOutside || vendor.region.map(approvedRegions.contains) == true else {
      let region = vendor.region.map { "`\($0)`" } ?? "no region"
      return Refusal(.regionNotApproved, "vendor `\(vendor.id)` processes in \(region), which is not approved")
    }
    return nil
  }
}
