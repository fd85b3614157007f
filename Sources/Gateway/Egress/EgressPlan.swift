package import Ledger

/// What may reach what: the gateway the services that its configuration names, applications the gateway, and nothing else.
package struct EgressPlan: Sendable {
  /// A service with the addresses that are known of it.
  package struct Target: Hashable, Sendable {
    package let service: EgressDestination
    /// Nothing where nobody has said them.
    package let addresses: [NetworkBlock]

    /// Those of one family.
    func addresses(_ family: NetworkBlock.Family) -> [NetworkBlock] { addresses.filter { $0.family == family } }
  }

  /// The SHA-256 of the configuration that it was made from.
  package let digest: ConfiguredName?
  package let targets: [Target]
  /// Where applications reach the gateway.
  package let gateway: [NetworkBlock]
  package let gatewayPort: Int
  package let resolvers: [NetworkBlock]
  package let also: [EgressSettings.NetworkPeer]

  /// A plan; a host that cannot be written into a policy is thrown.
  package init(
    _ configuration: Configuration, _ settings: EgressSettings, to destinations: [EgressDestination]
  ) throws(UnwritableHost) {
    digest = configuration.digest
    var targets: [Target] = []
    for service in destinations {
      let known: [NetworkBlock]
      if let address = NetworkBlock(service.host), address.isAddress {
        known = [address]
      } else if service.host == "localhost" {
        known = ["127.0.0.1", "::1"].compactMap { NetworkBlock($0) }
      } else {
        guard HostAndPort.isName(service.host) else { throw UnwritableHost(roles: service.roles) }
        known = settings.addresses[service.host] ?? []
      }
      targets.append(Target(service: service, addresses: Set(known).sorted()))
    }
    self.targets = targets
    let listening = NetworkBlock(configuration.listen.address)
    let usual = listening.map { $0.isLoopback || $0.bytes.allSatisfy { $0 == 0 } ? [] : [$0] } ?? []
    gateway = Set(settings.gateway.isEmpty ? usual : settings.gateway).sorted()
    gatewayPort = configuration.listen.port
    resolvers = Set(settings.resolvers).sorted()
    also = settings.also
  }

  /// A host whose name could be taken for a part of the policy.
  package struct UnwritableHost: Error, Hashable, Sendable {
    /// What it is for.
    package let roles: [String]
  }

  /// The services whose addresses nobody has said.
  package var unresolved: [Target] { targets.filter(\.addresses.isEmpty) }

  /// What it was made from, as policies say it.
  var origin: String { digest.map { " from the configuration \($0)" } ?? "" }

  /// Those that something outside of the machine has to be reached for.
  var remote: [Target] { targets.filter { !$0.isLocal } }
}

extension EgressPlan.Target {
  /// Whether it is on the gateway's own machine.
  var isLocal: Bool { !addresses.isEmpty && addresses.allSatisfy(\.isLoopback) }

  /// The roles and the name, as a comment.
  package var comment: String { "\(service.roles.joined(separator: ", ")): \(service.name)" }
}

extension EgressSettings.NetworkPeer {
  /// The service as rules say it.
  var rule: String {
    "\(address.family == .v4 ? "ip" : "ip6") daddr \(address) \(transport) dport \(port)"
  }
}
