package import Bytes

/// Where packets went by the table of `NftablesPolicy`, compared with where the configuration lets them go.
package struct EgressContacts: Sendable {
  /// A place that packets went to.
  package struct Contact: Hashable, Sendable, Comparable {
    package let address: NetworkBlock
    package let transport: String
    package let port: Int

    /// How reports call it.
    package var name: String { "\(transport) \(address.family == .v6 ? "[\(address)]" : "\(address)"):\(port)" }

    package static func < (one: Contact, other: Contact) -> Bool {
      if one.address != other.address { return one.address < other.address }
      return (one.port, one.transport) < (other.port, other.transport)
    }
  }

  /// The services that may be reached, each with where packets for it went.
  package let approved: [(name: String, roles: [String], contacts: [Contact])]
  /// Where packets went that nothing in the configuration names.
  package let strays: [Contact]
  /// Where packets were refused to go.
  package let refused: [Contact]

  /// What the table of a plan recorded, as `nft -j list table inet cordon_egress` prints it; nil when it is no such table.
  ///
  /// `seesApplications` where the packets of applications pass by the table, which reach the gateway.
  package init?(_ plan: EgressPlan, recorded table: JSONValue, seesApplications: Bool) {
    guard let objects = table["nftables"]?.array else { return nil }
    var found: [String: [Contact]] = [:]
    for kind in ["contacted", "refused"] {
      for family in NetworkBlock.Family.allCases {
        let set = objects.lazy.compactMap { $0["set"] }.first {
          $0["table"]?.string == NftablesPolicy.table && $0["name"]?.string == "\(kind)_\(family)"
        }
        guard let set else { return nil }
        for element in set["elem"]?.array ?? [] {
          guard let contact = Contact(element["elem"]?["val"] ?? element) else { return nil }
          found[kind, default: []].append(contact)
        }
      }
    }
    var services = plan.targets.map {
      ($0.service.name, $0.service.roles, $0.addresses, [$0.service.transport], $0.service.port)
    }
    if !plan.resolvers.isEmpty {
      services.append(("name servers", ["names"], plan.resolvers, EgressDestination.Transport.allCases, 53))
    }
    for service in plan.also {
      services.append((service.name, ["the site's own"], [service.address], [service.transport], service.port))
    }
    if seesApplications { services.append(("the gateway", ["applications"], plan.gateway, [.tcp], plan.gatewayPort)) }
    let contacted = Set(found["contacted"] ?? []).sorted()
    approved = services.map { name, roles, addresses, transports, port in
      let contacts = contacted.filter { contact in
        contact.port == port && transports.contains { $0.rawValue == contact.transport }
          && addresses.contains { $0.contains(contact.address) }
      }
      return (name, roles, contacts)
    }
    let known = Set(approved.flatMap(\.contacts))
    strays = contacted.filter { !known.contains($0) }
    refused = Set(found["refused"] ?? []).sorted()
  }

  /// The report as JSON.
  package var json: JSONValue {
    func names(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
    return [
      "approved": .array(
        approved.map {
          ["destination": .string($0.name), "for": names($0.roles), "contacted": names($0.contacts.map(\.name))]
        }),
      "not_approved": names(strays.map(\.name)), "refused": names(refused.map(\.name)),
    ]
  }

  /// The report as lines.
  package var lines: [String] {
    approved.map { one in
      let state =
        one.contacts.isEmpty
        ? "approved, not contacted" : "approved, contacted as \(one.contacts.map(\.name).joined(separator: ", "))"
      return "\(one.name) (\(one.roles.joined(separator: ", "))): \(state)"
    } + strays.map { "\($0.name): NOT APPROVED" } + refused.map { "\($0.name): refused" }
  }
}

extension EgressContacts.Contact {
  /// An element of a recording set.
  fileprivate init?(_ element: JSONValue) {
    guard let parts = element["concat"]?.array, parts.count == 3, let text = parts[0].string,
      let address = NetworkBlock(text), address.isAddress,
      let transport = parts[1].string ?? parts[1].integer.map(String.init), let port = parts[2].integer
    else { return nil }
    self.init(address: address, transport: transport, port: port)
  }
}

extension EgressSettings.NetworkPeer {
  /// How reports call it.
  fileprivate var name: String { "\(transport) \(address.family == .v6 ? "[\(address)]" : "\(address)"):\(port)" }
}
