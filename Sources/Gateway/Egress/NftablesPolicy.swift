/// An egress plan as a table of nftables.
///
/// The table is one of its own, put in the place of its former self in one transaction. Whatever is not named is refused.
/// Only answers go by the state of a connection: every other packet is held against the rules, so that what was begun under
/// an earlier table ends with it.
package struct NftablesPolicy: Sendable {
  /// The name of the table, of family `inet`.
  package static let table = "cordon_egress"

  /// Which machine, or network namespace, loads the table.
  package enum Place: Hashable, Sendable {
    /// That of the gateway, and of nothing else.
    case gateway
    /// That of applications.
    case applications
    /// That of both; the gateway is told by what it runs as.
    case host(GatewayProcess)
    /// What forwards the packets of both.
    case router
  }

  /// How the kernel tells the gateway from all other processes of a machine.
  package enum GatewayProcess: Hashable, Sendable {
    /// By its user, who runs nothing else.
    case user(String)
    /// By its control group of version 2, as `/proc/PID/cgroup` has it.
    case controlGroup(String)

    /// A user by name or number; nil for what can be neither.
    package init?(user text: String) {
      guard (1...32).contains(text.utf8.count), HostAndPort.isName(text) else { return nil }
      self = .user(text)
    }

    /// A group by its path; nil for what can be none.
    package init?(controlGroup text: String) {
      let path = text.split(separator: "/").joined(separator: "/")
      guard (1...512).contains(path.utf8.count),
        path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C && $0 != 0x24 })
      else { return nil }
      self = .controlGroup(path)
    }

    fileprivate var match: String {
      switch self {
      case .user(let name):
        "meta skuid \(name.utf8.allSatisfy { (0x30...0x39).contains($0) } ? name : "\"\(name)\"")"
      case .controlGroup(let path): "socket cgroupv2 level \(path.split(separator: "/").count) \"\(path)\""
      }
    }
  }

  private let plan: EgressPlan
  private let place: Place
  /// The targets with the names of their sets.
  private let named: [(target: EgressPlan.Target, name: String)]

  /// The policy for a place.
  package init(_ plan: EgressPlan, at place: Place) {
    (self.plan, self.place) = (plan, place)
    var taken: Set<String> = []
    named = plan.targets.map { target in
      let service = target.service
      let plain = "\(service.host)_\(service.port)_\(service.transport)"
      let stem = "to_" + String(plain.map { $0.isLetter || $0.isNumber ? $0 : "_" })
      var name = stem
      var number = 2
      while !taken.insert(name).inserted { (name, number) = ("\(stem)_\(number)", number + 1) }
      return (target, name)
    }
  }

  /// The rules, to be loaded with `nft -f`.
  package var lines: [String] {
    var lines = [
      "#!/usr/sbin/nft -f", "# Written by `cordon egress policy`\(plan.origin).", "# \(purpose)",
    ]
    if sendsForGateway {
      for target in plan.unresolved {
        lines.append("# No address is known of \(target.comment); it is not reached until its set has one.")
      }
    }
    lines += ["table inet \(Self.table)", "delete table inet \(Self.table)", "table inet \(Self.table) {"]
    lines += body.map { $0.isEmpty ? "" : "  \($0)" }
    return lines + ["}"]
  }

  private var purpose: String {
    switch place {
    case .gateway: "For the machine or the network namespace of the gateway alone."
    case .applications: "For a machine or a network namespace of applications: they reach the gateway."
    case .host: "For a machine that the gateway and applications share: only the gateway's processes send."
    case .router: "For what forwards between the gateway, applications and the rest of the network."
    }
  }

  private var sendsForGateway: Bool { place != .applications }

  private var body: [String] {
    var lines: [String] = []
    if sendsForGateway {
      for (target, name) in named {
        lines.append("# \(target.comment)")
        for family in NetworkBlock.Family.allCases {
          lines += set("\(name)_\(family)", family, target.addresses(family))
        }
      }
    }
    if place == .applications || place == .router {
      lines.append("# the gateway")
      for family in NetworkBlock.Family.allCases {
        lines += set("gateway_\(family)", family, plan.gateway.filter { $0.family == family })
      }
    }
    lines.append("# what was reached and what was refused; `cordon egress contacted` reads it")
    for kind in ["contacted", "refused"] {
      for family in NetworkBlock.Family.allCases {
        lines.append(
          "set \(kind)_\(family) { type \(family.type) . inet_proto . inet_service; size 65535; flags dynamic; }")
      }
    }
    lines += chain("contact", recording("contacted") + ["counter accept"])
    lines += chain("refuse", recording("refused") + ["counter reject with icmpx admin-prohibited"])
    if sendsForGateway { lines += chain("gateway", gatewayRules) }
    lines += hooks
    return lines
  }

  private func set(_ name: String, _ family: NetworkBlock.Family, _ blocks: [NetworkBlock]) -> [String] {
    let elements = blocks.isEmpty ? "" : "; elements = { \(blocks.map(\.description).joined(separator: ", ")) }"
    return ["set \(name) { type \(family.type); flags interval; auto-merge\(elements); }"]
  }

  private func chain(_ name: String, _ rules: [String]) -> [String] {
    ["chain \(name) {"] + rules.map { "  \($0)" } + ["}"]
  }

  private func recording(_ kind: String) -> [String] {
    NetworkBlock.Family.allCases.map { family in
      "meta nfproto ip\(family) add @\(kind)_\(family) { \(family.header) daddr . meta l4proto . th dport }"
    }
  }

  /// To the services that the configuration names, each with a verdict.
  private func destinations(_ verdict: String) -> [String] {
    named.flatMap { target, name in
      NetworkBlock.Family.allCases.map { family in
        "\(family.header) daddr @\(name)_\(family) \(target.service.transport) dport \(target.service.port) \(verdict)"
      }
    }
  }

  private var gatewayRules: [String] {
    var rules = destinations("goto contact")
    for resolver in plan.resolvers {
      rules += EgressDestination.Transport.allCases.map {
        "\(resolver.family.header) daddr \(resolver) \($0) dport 53 goto contact"
      }
    }
    rules += site
    if place != .router { rules.append("oifname \"lo\" accept") }
    return rules + ["goto refuse"]
  }

  private var site: [String] { plan.also.map { "\($0.rule) goto contact" } }

  private var toGateway: [String] {
    NetworkBlock.Family.allCases.map {
      "\($0.header) daddr @gateway_\($0) tcp dport \(plan.gatewayPort) goto contact"
    }
  }

  private var hooks: [String] {
    let answers = "ct state established,related ct direction reply accept"
    let neighbours =
      "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } ip6 hoplimit 255 accept"
    var rules = [answers]
    switch place {
    case .gateway: rules += [neighbours, "goto gateway"]
    case .applications: rules += [neighbours, "oifname \"lo\" accept"] + toGateway + site + ["goto refuse"]
    case .host(let process):
      rules += [neighbours, "\(process.match) goto gateway"]
      // A model or a collector on this machine is the gateway's alone as well.
      rules += destinations("goto refuse") + ["oifname \"lo\" accept"] + site + ["goto refuse"]
    case .router:
      // Whoever takes the gateway's address on another interface is not the gateway.
      rules = ["fib saddr . iif oif missing goto refuse"] + rules
      rules += NetworkBlock.Family.allCases.map { "\($0.header) saddr @gateway_\($0) goto gateway" }
      rules += toGateway + site + ["goto refuse"]
      return chain("forward", ["type filter hook forward priority filter; policy drop;"] + rules)
    }
    // What is forwarded comes from a container or a guest of this machine, past the rules for its own processes.
    return chain("output", ["type filter hook output priority filter; policy drop;"] + rules)
      + chain("forward", ["type filter hook forward priority filter; policy drop;", "goto refuse"])
  }
}

extension NetworkBlock.Family {
  /// The type of an address in a set.
  fileprivate var type: String { self == .v4 ? "ipv4_addr" : "ipv6_addr" }
  /// The header that has it.
  fileprivate var header: String { self == .v4 ? "ip" : "ip6" }
}
