package import Bytes

/// An egress plan as NetworkPolicy objects of Kubernetes.
///
/// One selects the gateway's pods and has a rule for each service with known addresses; one for each namespace of
/// applications selects all of its pods and lets them reach the gateway. What a policy selects and does not name is refused
/// by a network plug-in that enforces policies. The objects know addresses and no names, and policies add up: another one
/// that selects the same pods can allow more.
package struct KubernetesPolicy: Sendable {
  /// Where in the cluster things are.
  package struct Cluster: Hashable, Sendable {
    /// The namespace of the gateway.
    package var namespace = "cordon"
    /// A label that the gateway's pods have, and no others of the namespace: its name and its value.
    package var labelName = "app.kubernetes.io/name"
    package var labelValue = "cordon"
    /// The namespaces of applications.
    package var applications: [String] = []
    /// Whether the gateway may ask the cluster's own name servers.
    package var asksClusterDNS = false

    /// The usual names.
    package init() {}

    /// Whether a text can name a namespace (RFC 1123 label).
    package static func isNamespace(_ text: String) -> Bool {
      (1...63).contains(text.utf8.count) && text.utf8.first != 0x2D && text.utf8.last != 0x2D
        && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
  }

  private let plan: EgressPlan
  private let cluster: Cluster

  /// The policy for a cluster.
  package init(_ plan: EgressPlan, in cluster: Cluster) { (self.plan, self.cluster) = (plan, cluster) }

  /// The objects, to be loaded with `kubectl apply -f`.
  package var lines: [String] {
    var lines = ["# Written by `cordon egress policy`\(plan.origin)."]
    for target in plan.unresolved {
      lines.append("# No address is known of \(target.comment); it is not reached until `egress.addresses` has one.")
    }
    for target in plan.targets where target.isLocal {
      lines.append("# In the gateway's own pod, which no policy is about: \(target.comment).")
    }
    return lines + objects.flatMap { ["---"] + BlockYAML.lines($0) }
  }

  /// The objects.
  package var objects: [JSONValue] {
    [policy("cordon-egress", in: cluster.namespace, of: ["matchLabels": gatewayLabels], gatewayRules)]
      + cluster.applications.map {
        policy("cordon-applications", in: $0, of: .object([]), [toGateway] + site)
      }
  }

  private var gatewayLabels: JSONValue { .object([JSONMember(cluster.labelName, .string(cluster.labelValue))]) }

  private func policy(_ name: String, in namespace: String, of pods: JSONValue, _ rules: [JSONValue]) -> JSONValue {
    [
      "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
      "metadata": ["name": .string(name), "namespace": .string(namespace)],
      "spec": ["podSelector": pods, "policyTypes": ["Egress"], "egress": .array(rules)],
    ]
  }

  private var gatewayRules: [JSONValue] {
    // A rule without peers would let everything through: a service without addresses has none.
    let services = plan.remote.filter { !$0.addresses.isEmpty }.map {
      rule(to: $0.addresses.filter { !$0.isLoopback }, [($0.service.transport, $0.service.port)])
    }
    var resolvers: [JSONValue] = []
    let questions = [(EgressDestination.Transport.udp, 53), (.tcp, 53)]
    if !plan.resolvers.isEmpty { resolvers.append(rule(to: plan.resolvers, questions)) }
    if cluster.asksClusterDNS {
      resolvers.append(
        rule(
          toPeers: [
            [
              "namespaceSelector": ["matchLabels": ["kubernetes.io/metadata.name": "kube-system"]],
              "podSelector": ["matchLabels": ["k8s-app": "kube-dns"]],
            ]
          ], questions))
    }
    return services + resolvers + site
  }

  private var site: [JSONValue] { plan.also.map { rule(to: [$0.address], [($0.transport, $0.port)]) } }

  private var toGateway: JSONValue {
    rule(
      toPeers: [
        [
          "namespaceSelector": ["matchLabels": ["kubernetes.io/metadata.name": .string(cluster.namespace)]],
          "podSelector": ["matchLabels": gatewayLabels],
        ]
      ], [(.tcp, plan.gatewayPort)])
  }

  private func rule(to blocks: [NetworkBlock], _ ports: [(EgressDestination.Transport, Int)]) -> JSONValue {
    rule(toPeers: blocks.map { ["ipBlock": ["cidr": .string($0.withLength)]] }, ports)
  }

  private func rule(toPeers peers: [JSONValue], _ ports: [(EgressDestination.Transport, Int)]) -> JSONValue {
    let ports = ports.map { transport, port -> JSONValue in
      ["protocol": .string(transport.rawValue.uppercased()), "port": .integer(port)]
    }
    return ["to": .array(peers), "ports": .array(ports)]
  }
}

/// Writes a tree as YAML in blocks.
enum BlockYAML {
  static func lines(_ value: JSONValue) -> [String] {
    switch value {
    case .object(let members) where !members.isEmpty:
      return members.flatMap { member -> [String] in
        let name = scalar(.string(member.name))
        switch member.value {
        case .object(let inner) where !inner.isEmpty: return ["\(name):"] + lines(member.value).map { "  \($0)" }
        case .array(let inner) where !inner.isEmpty: return ["\(name):"] + lines(member.value).map { "  \($0)" }
        default: return ["\(name): \(scalar(member.value))"]
        }
      }
    case .array(let elements) where !elements.isEmpty:
      return elements.flatMap { element in
        lines(element).enumerated().map { $0 == 0 ? "- \($1)" : "  \($1)" }
      }
    default: return [scalar(value)]
    }
  }

  /// A value in one line: what YAML could read as something other than a text stands in quotes, which YAML shares with JSON.
  private static func scalar(_ value: JSONValue) -> String {
    let quoted = String(decoding: value.bytes, as: UTF8.self)
    guard case .string(let text) = value, text.contains(where: \.isLetter), text.first?.isLetter == true,
      text.utf8.allSatisfy({ (0x2D...0x2F).contains($0) || ASCII.isLetter($0) }),
      !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
    else { return quoted }
    return text
  }
}
