import Deidentification
import Ledger
package import PHI
import Providers

/// What is missing before a vendor may be put to each use that the configuration has for it.
package struct VendorCheck: Sendable {
  package let vendor: Vendor
  /// The day that it is about.
  package let today: CalendarDate
  /// The agreement that covers something, the one that runs longest.
  package private(set) var agreement: Agreement?
  /// What is missing.
  package private(set) var missing: [Gap] = []
  /// What runs out soon, in words.
  package private(set) var endings: [String] = []
  /// The routes by which it is sent something.
  private var routes: Set<EgressRoute> = []

  /// Something that is missing.
  package struct Gap: Sendable {
    package var refusal: Refusal
    /// For which uses: the use case, the model and the operation of each.
    package var uses: [String]
  }

  /// Whether some uses are covered, if not all.
  package var isCoveredInPart: Bool { agreement != nil }

  /// The checks of all vendors of a configuration.
  package static func all(
    _ configuration: Configuration, _ registry: AgreementRegistry, on today: CalendarDate, within days: Int
  ) -> [VendorCheck] {
    let admission = Admission(configuration, registry: registry)
    var checks = configuration.vendors.map { VendorCheck(vendor: $0, today: today) }
    for uses in admission.uses {
      guard let first = uses.first, let place = checks.firstIndex(where: { $0.vendor.id == first.vendor.id }) else {
        continue
      }
      let coverages = uses.map { admission.coverage(of: $0, on: today) }
      switch admission.egress(of: first, on: today) {
      case .success(let route?): checks[place].routes.insert(route)
      case .success(nil): break
      case .failure(let refusal): checks[place].take(refusal, of: first)
      }
      let covering = coverages.compactMap { try? $0.get() }
      for agreement in covering { checks[place].take(agreement) }
      // An operation that an agreement leaves out is no gap, as long as something may be asked of the model.
      let isOpen = coverages.contains { if case .success = $0 { true } else { false } }
      guard !isOpen else { continue }
      var refusals: [(VendorUse, Refusal)] = []
      for (use, coverage) in zip(uses, coverages) {
        if case .failure(let refusal) = coverage { refusals.append((use, refusal)) }
      }
      let others = refusals.filter { $0.1.rule != .serviceNotCovered }
      for (use, refusal) in others.isEmpty ? refusals : others { checks[place].take(refusal, of: use) }
    }
    for place in checks.indices { checks[place].lookAhead(days) }
    return checks
  }

  private init(vendor: Vendor, today: CalendarDate) {
    self.vendor = vendor
    self.today = today
  }

  private mutating func take(_ covering: Agreement) {
    if agreement.map({ $0.expires < covering.expires }) != false { agreement = covering }
  }

  private mutating func take(_ refusal: Refusal, of use: VendorUse) {
    let words = [use.useCase.id.name, use.model?.description, use.operation?.rawValue].compactMap(\.self)
      .joined(separator: "/")
    if let place = missing.firstIndex(where: { $0.refusal == refusal }) {
      missing[place].uses.append(words)
    } else {
      missing.append(Gap(refusal: refusal, uses: [words]))
    }
  }

  private mutating func lookAhead(_ days: Int) {
    func tell(_ what: String, _ last: CalendarDate) {
      let left = today.days(to: last)
      if left <= days { endings.append("\(what) on \(last), in \(left) days") }
    }
    for route in routes.sorted(by: { $0.id.name < $1.id.name }) { tell("route `\(route.id)`", route.expires) }
    guard let agreement else { return }
    tell("agreement `\(agreement.id)`", agreement.expires)
    for subcontractor in agreement.subcontractors {
      if let last = subcontractor.days?.upperBound { tell("subcontractor `\(subcontractor.name)`", last) }
    }
    guard let attested = agreement.zeroRetentionAttested else { return }
    let age = attested.days(to: today)
    if age + days >= 365 { endings.append("the attestation of zero retention of \(attested) is \(age) days old") }
  }
}

extension Agreement {
  /// How many days it is still in force: 0 on its last, less when it is over.
  package func daysLeft(from today: CalendarDate) -> Int {
    let ended = terminated.map { today.days(to: $0) - 1 }
    return min(today.days(to: expires), ended ?? .max)
  }
}

extension CalendarDate {
  /// How many days there are from this one to another.
  fileprivate func days(to other: CalendarDate) -> Int { other.dayNumber - dayNumber }
}
