/// What a configuration says of the network between the gateway and where it sends: for the policy that a firewall keeps.
package struct EgressSettings: Hashable, Sendable {
  /// Where applications reach the gateway, by its addresses.
  package var gateway: [NetworkBlock] = []
  /// The addresses of hosts that other parts of the configuration name: nothing is looked up when a policy is written.
  package var addresses: [String: [NetworkBlock]] = [:]
  /// The name servers that the gateway may ask.
  package var resolvers: [NetworkBlock] = []
  /// What else the machines may reach, such as a time server.
  package var also: [NetworkPeer] = []

  /// Nothing.
  package init() {}

  /// A place in the network: a protocol, addresses and a port.
  package struct NetworkPeer: Hashable, Sendable {
    package let transport: EgressDestination.Transport
    package let address: NetworkBlock
    package let port: Int

    /// The peer that a text such as `udp://10.0.0.1:123` or `tcp://[2001:db8::1]:3128` names; nil when it names none.
    package init?(_ text: String) {
      guard let transport = EgressDestination.Transport.allCases.first(where: { text.hasPrefix("\($0)://") }) else {
        return nil
      }
      let authority = HostAndPort(text.dropFirst("\(transport)://".utf8.count))
      guard let port = authority.port, let address = NetworkBlock(authority.host) else { return nil }
      self.transport = transport
      self.address = address
      self.port = port
    }
  }
}

extension EgressSettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    let members = try node.members("gateway", "addresses", "resolvers", "also")
    for place in try members["gateway"]?.elements() ?? [] { gateway.append(try place.block(isAddress: true)) }
    for place in try members["resolvers"]?.elements() ?? [] { resolvers.append(try place.block(isAddress: true)) }
    for (name, place) in try members["addresses"]?.pairs() ?? [] {
      guard HostAndPort.isName(name) else {
        throw place.error(.wrongForm(expected: "under the name of a host, of letters, digits, `-` and `.`"))
      }
      var blocks: [NetworkBlock] = []
      for element in try place.elements() { blocks.append(try element.block(isAddress: false)) }
      guard !blocks.isEmpty else { throw place.error(.wrongForm(expected: "at least one address")) }
      guard addresses.updateValue(blocks, forKey: name.lowercased()) == nil else { throw place.error(.duplicate) }
    }
    for place in try members["also"]?.elements() ?? [] {
      guard let peer = NetworkPeer(try place.text()) else {
        throw place.error(.wrongForm(expected: "a service such as `udp://10.0.0.1:123`, by its address"))
      }
      also.append(peer)
    }
  }
}

extension ConfigurationNode {
  fileprivate func block(isAddress: Bool) throws(ConfigurationError) -> NetworkBlock {
    guard let block = NetworkBlock(try text()), block.isAddress || !isAddress else {
      throw error(
        .wrongForm(
          expected: isAddress
            ? "an address of IPv4 or IPv6"
            : "an address, or a block from /8 (IPv4) or /32 (IPv6) on that ends in zero bits"))
    }
    return block
  }
}

/// The host and the port of an address, apart.
struct HostAndPort: Equatable {
  let host: String
  let port: Int?

  init(_ text: some StringProtocol) {
    let text = String(text)
    let (host, rest): (Substring, Substring)
    if text.first == "[", let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
    } else {
      host = text.prefix { $0 != ":" }
      rest = text.dropFirst(host.count)
    }
    self.host = String(host)
    let number = rest.first == ":" ? Int(rest.dropFirst()) : nil
    port = number.flatMap { (1...65_535).contains($0) ? $0 : nil }
  }

  /// Whether a text can be the name of a host; what else stands in an address is written into no file for a firewall.
  static func isName(_ text: String) -> Bool {
    (1...253).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
