import Bytes
import Ciphers
import Gateway
import Ledger
import Logging

extension House {
  /// The folder of this replica: the data folder, where there is one gateway.
  var data: String { state.configuration.logDirectory }

  /// The configuration in force, as the log names it.
  var digest: String { state.configuration.digest?.description ?? "" }

  /// The same for a line of the log for operators.
  var named: Logger.Metadata { ["configuration": "\(digest)"] }

  /// Puts a configuration in force; what of it needs a restart is given back.
  ///
  /// Everything that can fail is done before anything changes.
  func load(_ read: Configuration, observe: @escaping @Sendable ([UInt8]) -> Void) async throws -> [String] {
    let former = state.configuration
    let fixed = former.fixed(unlike: read)
    var configuration = read
    configuration.keepFixed(of: former)
    let endpoints = try Assembly.endpoints(
      configuration, client: client, gateways.current.attestations, observe: observe)
    let site = try configuration.siteLists.map(SiteFolder.lists)
    let isSameModel = configuration.tier == former.tier && configuration.floor == former.floor
    let readers = try isSameModel ? state.readers : Assembly.readers(configuration)
    let policy = try await Assembly.sayingPolicy(configuration) {
      try await gateways.current.policies(of: configuration)
    }
    let presented = try certificate?.prepare()
    let next = gateways.current.under(
      configuration, site: site, readers: readers, policy: policy, endpoints: endpoints.models,
      toolEndpoints: endpoints.tools)
    try await gateways.replace(by: next)
    if let presented {
      try await next.record(presented)
      certificate?.adopt()
    }
    state.replace(by: configuration, readers)
    next.attestations.adopt()
    next.metrics.countLoad(isRefused: false)
    return fixed
  }

  /// Takes the vendors' credentials as they are now, under the configuration in force.
  ///
  /// Requests that are under way end with the key that they began with: while both are valid at the vendor, none fails.
  func renewCredentials(
    of vendors: [ConfiguredID<Vendor>], observe: @escaping @Sendable ([UInt8]) -> Void
  ) async throws {
    let endpoints = try Assembly.endpoints(
      state.configuration, client: client, gateways.current.attestations, observe: observe)
    let next = gateways.current.sending(through: endpoints.models, tools: endpoints.tools)
    for vendor in vendors { try await next.recordCredential(of: vendor) }
    try await gateways.replace(by: next)
    next.attestations.adopt()
  }

  /// The digests of the files in which vendors' credentials are.
  func credentials() -> [ConfiguredID<Vendor>: Digest] {
    var digests: [ConfiguredID<Vendor>: Digest] = [:]
    for vendor in state.configuration.vendors {
      guard case .file(let path)? = vendor.kind.place?.credential else { continue }
      digests[vendor.id] = TextFile.contents(of: path).map { Digest(hashing: $0.span) }
    }
    return digests
  }
}
