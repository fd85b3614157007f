package import Ledger

/// A service that the gateway has to reach for what its configuration says.
package struct EgressDestination: Hashable, Sendable {
  /// What carries the bytes.
  package enum Transport: String, Hashable, Sendable, CaseIterable { case tcp, udp }

  /// The host's name or address.
  package let host: String
  package let port: Int
  package let transport: Transport
  /// What it is for, such as "vendor `example`".
  package fileprivate(set) var roles: [String]

  /// How reports call it.
  package var name: String { "\(transport) \(host.contains(":") ? "[\(host)]" : host):\(port)" }

  /// The service at an http or https address; nil for another address.
  private init?(address: String, for role: String) {
    let authority = HostAndPort(VendorAddress.authority(of: address))
    guard !authority.host.isEmpty else { return nil }
    let usual = address.hasPrefix("http://") ? 80 : 443
    self.init(authority.host, authority.port ?? usual, .tcp, for: role)
  }

  /// A service.
  package init(_ host: String, _ port: Int, _ transport: Transport, for role: String) {
    self.host = host.lowercased()
    self.port = port
    self.transport = transport
    roles = [role]
  }

  /// All that a configuration names, with the witnesses of its logs, each service once, by name.
  ///
  /// Of vendors those that routes lead to, where there are routes: the gateway sends nothing to others.
  package static func all(
    of configuration: Configuration, witnesses: [Witness], leases: [EgressDestination] = []
  ) -> [EgressDestination] {
    var found: [EgressDestination?] = leases
    let routed = configuration.routes.map { Set($0.flatMap(\.vendors)) }
    for vendor in configuration.vendors where routed?.contains(vendor.id) != false {
      guard let place = vendor.kind.place else { continue }
      let kind = vendor.offersTools ? "tool server" : "vendor"
      found.append(.init(address: place.baseURL, for: "\(kind) `\(vendor.id)`"))
    }
    if let endpoint = configuration.telemetry.endpoint { found.append(.init(address: endpoint, for: "traces")) }
    for sink in configuration.log.sinks {
      guard case .syslog(let receiver, _) = sink.target else { continue }
      found.append(
        .init(
          receiver.host, receiver.port, receiver.transport == .udp ? .udp : .tcp, for: "log export `\(sink.id)`"))
    }
    switch configuration.vault.provider {
    case .local, .pkcs11: break
    case .transit(let engine): found += engine.addresses.map { .init(address: $0, for: "key service") }
    case .awsKMS(let region):
      found.append(.init(address: region.endpoint ?? "https://kms.\(region.name).amazonaws.com", for: "key service"))
    }
    found += witnesses.map { .init(address: $0.url, for: "witness `\($0.key.name)`") }
    return merged(found.compactMap(\.self))
  }

  private static func merged(_ all: [EgressDestination]) -> [EgressDestination] {
    var byName: [String: EgressDestination] = [:]
    for one in all {
      let roles = (byName[one.name]?.roles ?? []) + one.roles
      byName[one.name] = one
      byName[one.name]?.roles = Set(roles).sorted()
    }
    return byName.values.sorted {
      ($0.host, $0.port, $0.transport.rawValue) < ($1.host, $1.port, $1.transport.rawValue)
    }
  }
}
