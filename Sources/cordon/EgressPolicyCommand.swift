import ArgumentParser
import Gateway

/// `cordon egress policy`: what a firewall has to keep.
struct EgressPolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Write the egress policy that a configuration needs, for nftables or Kubernetes.",
    discussion: """
      By it the gateway reaches the vendors to which routes lead, tool servers, key services, receivers of log and traces, \
      witnesses and the database of leases, by address, transport and port; applications reach the gateway; nothing else \
      goes anywhere. Nothing is looked up: the addresses of hosts are under `egress.addresses` or in --resolve, and a host \
      without one is not reached until its set has one. The same configuration gives the same policy.
      """)

  /// The forms.
  enum Form: String, ExpressibleByArgument, CaseIterable { case nftables, kubernetes }

  /// Where a table of nftables is loaded.
  enum Place: String, ExpressibleByArgument, CaseIterable { case gateway, applications, host, router }

  @OptionGroup var options: EgressPlanOptions

  @Option(name: .long, help: "What the policy is for.")
  var form: Form

  @Option(
    name: .long,
    help: ArgumentHelp(
      """
      Who loads the table of nftables: the machine or network namespace of the gateway, that of applications, one \
      that both share, or the router between them.
      """, valueName: "place"))
  var at: Place?

  @Option(
    name: .long, help: ArgumentHelp("On a shared machine, the user that only the gateway runs as.", valueName: "user"))
  var gatewayUser: String?

  @Option(
    name: .long,
    help: ArgumentHelp("On a shared machine, the control group that only the gateway is in.", valueName: "path"))
  var gatewayCgroup: String?

  @Option(name: .long, help: ArgumentHelp("In Kubernetes, the namespace of the gateway.", valueName: "name"))
  var namespace = "cordon"

  @Option(
    name: .long, help: ArgumentHelp("In Kubernetes, a label of the gateway's pods alone.", valueName: "name=value"))
  var label = "app.kubernetes.io/name=cordon"

  @Option(
    name: .long,
    help: ArgumentHelp("In Kubernetes, a namespace of applications; may be given again.", valueName: "name"))
  var applications: [String] = []

  @Flag(name: .long, help: "In Kubernetes, let the gateway ask the name servers of the cluster.")
  var clusterDNS = false

  func validate() throws {
    switch form {
    case .nftables:
      guard let at else { throw ValidationError("--form nftables needs --at gateway, applications, host or router.") }
      guard (at == .host) == (gatewayUser != nil || gatewayCgroup != nil), gatewayUser == nil || gatewayCgroup == nil
      else { throw ValidationError("--gateway-user or --gateway-cgroup is for --at host, which needs one of them.") }
      guard applications.isEmpty, !clusterDNS else {
        throw ValidationError("--applications and --cluster-dns are for --form kubernetes.")
      }
      if at == .host { _ = try process() }
    case .kubernetes:
      guard at == nil, gatewayUser == nil, gatewayCgroup == nil else {
        throw ValidationError("--at, --gateway-user and --gateway-cgroup are for --form nftables.")
      }
      guard ([namespace] + applications).allSatisfy(KubernetesPolicy.Cluster.isNamespace) else {
        throw ValidationError("A namespace has small letters, digits and `-`.")
      }
      _ = try labelParts()
    }
  }

  func run() throws {
    let plan = try options.plan()
    for target in plan.unresolved {
      StandardError.line("no address is known of \(target.comment): give --resolve or `egress.addresses`")
    }
    switch form {
    case .nftables:
      let place: NftablesPolicy.Place =
        switch at {
        case .applications: .applications
        case .router: .router
        case .host: .host(try process())
        case .gateway, nil: .gateway
        }
      if place == .applications || place == .router, plan.gateway.isEmpty {
        throw CommandFailure(
          .badConfiguration,
          "nobody says where applications reach the gateway\nhelp: give --gateway or `egress.gateway`")
      }
      for line in NftablesPolicy(plan, at: place).lines { StandardOutput.line(line) }
    case .kubernetes:
      var cluster = KubernetesPolicy.Cluster()
      (cluster.namespace, cluster.applications) = (namespace, applications)
      (cluster.labelName, cluster.labelValue) = try labelParts()
      cluster.asksClusterDNS = clusterDNS
      for line in KubernetesPolicy(plan, in: cluster).lines { StandardOutput.line(line) }
    }
  }

  private func process() throws -> NftablesPolicy.GatewayProcess {
    if let gatewayUser, let user = NftablesPolicy.GatewayProcess(user: gatewayUser) { return user }
    if let gatewayCgroup, let group = NftablesPolicy.GatewayProcess(controlGroup: gatewayCgroup) { return group }
    throw ValidationError("--gateway-user takes a user's name or number, --gateway-cgroup the path of a group.")
  }

  private func labelParts() throws -> (String, String) {
    let parts = label.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } })
    else { throw ValidationError("--label takes NAME=VALUE.") }
    return (parts[0], parts[1])
  }
}
