package import AsyncHTTPClient
package import Attestation
import Synchronization

/// The vendors that have to prove what runs on their machines.
///
/// What they have proved outlives a configuration, as long as nothing about it changes.
package final class VendorAttestations: Sendable {
  private let state = Mutex(State())
  private let configuration: HTTPClient.Configuration
  private let clock: AttestationClock

  private struct State {
    var vendors: [ConfiguredID<Vendor>: AttestedVendor] = [:]
    /// What a configuration that is not in force yet wants; nil for a vendor that has nothing to prove in it.
    var prepared: [ConfiguredID<Vendor>: AttestedVendor?] = [:]
    var retired: Set<ConfiguredID<Vendor>> = []
    var good = 0
    var bad: [AttestationError.Code: Int] = [:]
  }

  /// - Parameters:
  ///   - configuration: how connections to vendors are made.
  ///   - clock: by what evidence ends; the one of a gateway without such vendors stands still.
  package init(
    _ configuration: HTTPClient.Configuration = HTTPClient.Configuration(),
    clock: AttestationClock = AttestationClock(wall: { 0 }, steady: { 0 })
  ) {
    self.configuration = configuration
    self.clock = clock
  }

  /// Begins with the vendors of another configuration, which `adopt` puts in force; what is in force stays until then.
  package func prepare() { state.withLock { $0.prepared = [:] } }

  /// Puts the vendors in force that were taken in since `prepare`, and asks those that are no vendors any more for no
  /// evidence: what runs with them ends with what they have proved.
  package func adopt() {
    state.withLock { state in
      state.retired = Set(state.vendors.keys).subtracting(state.prepared.keys)
      for (id, vendor) in state.prepared { state.vendors[id] = vendor }
      state.prepared = [:]
    }
  }

  /// What `adopt` is about to change of what is trusted, to be in the log before.
  var trustAhead: [AttestationTrustChange] {
    state.withLock { state in
      Set(state.vendors.keys).union(state.prepared.keys).sorted { $0.name < $1.name }.compactMap { id in
        let before = state.retired.contains(id) ? nil : state.vendors[id]?.trust.digest
        let after = state.prepared[id]??.trust.digest
        return before == after ? nil : AttestationTrustChange(vendor: id, before: before, after: after)
      }
    }
  }

  /// What is trusted.
  var trusted: [AttestationTrustChange] {
    state.withLock { state in
      state.vendors.values.filter { !state.retired.contains($0.id) }.sorted { $0.id.name < $1.id.name }
        .map { AttestationTrustChange(vendor: $0.id, before: nil, after: $0.trust.digest) }
    }
  }

  /// Takes a vendor in, and gives what its requests go through; nil for one that has nothing to prove.
  package func enter(_ vendor: Vendor) throws(AttestationError) -> AttestedVendor? {
    guard let settings = vendor.attestation, let place = vendor.kind.place else {
      state.withLock { $0.prepared[vendor.id] = .some(nil) }
      return nil
    }
    let trust = try AttestationTrust(settings)
    if let known = state.withLock({ $0.vendors[vendor.id] }), known.isVendor(at: place, settings, trust) {
      state.withLock { $0.prepared[vendor.id] = known }
      return known
    }
    let attested = AttestedVendor(
      vendor.id, at: place, settings, trust: trust, configuration, clock: clock
    ) { [weak self] in self?.count($0) }
    state.withLock { $0.prepared[vendor.id] = attested }
    return attested
  }

  /// Sees to it that a vendor has proved what it has to; why it may not be asked, or nil.
  func refusal(of vendor: Vendor) async -> Refusal? {
    guard vendor.attestation != nil else { return nil }
    guard let attested = state.withLock({ $0.vendors[vendor.id] }) else {
      return Refusal(AttestationError(.unavailable), of: vendor.id)
    }
    return await attested.ready()
  }

  /// Why what goes on with a vendor may not; nil when it may.
  func objection(to vendor: Vendor) -> Refusal? {
    guard vendor.attestation != nil else { return nil }
    guard let attested = state.withLock({ $0.vendors[vendor.id] }) else {
      return Refusal(AttestationError(.unavailable), of: vendor.id)
    }
    return attested.objection
  }

  /// The vendors that have proved something that holds no more.
  var lapsed: Set<ConfiguredID<Vendor>> {
    Set(state.withLock { Array($0.vendors.values) }.filter(\.hasLapsed).map(\.id))
  }

  /// Fetches evidence anew where what there is ends soon.
  func renewWhatIsDue() {
    let due = state.withLock { state in state.vendors.filter { !state.retired.contains($0.key) } }
    for vendor in due.values { vendor.renewIfDue() }
  }

  /// What the metrics say of evidence: by what failed, without names.
  func page() -> String {
    let (good, bad, isEmpty) = state.withLock { ($0.good, $0.bad, $0.vendors.isEmpty) }
    guard !isEmpty else { return "" }
    var page = MetricsPage()
    page.family("cordon_attestations_total", .counter, "Evidence of vendors, by what came of it.") { family in
      family.sample([("result", "accepted")], good)
      for code in AttestationError.Code.allCases { family.sample([("result", code.rawValue)], bad[code] ?? 0) }
    }
    return page.text
  }

  private func count(_ error: AttestationError?) {
    state.withLock { state in
      if let error { state.bad[error.code, default: 0] += 1 } else { state.good += 1 }
    }
  }
}
