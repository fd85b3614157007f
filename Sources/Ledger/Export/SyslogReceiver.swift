/// Where syslog messages are sent: `syslog+tls://host:port`, `syslog+tcp://…` or `syslog+udp://…`.
package struct SyslogReceiver: Hashable, Sendable {
  /// What carries the messages.
  package enum Transport: String, Sendable, CaseIterable {
    case tls, tcp, udp

    /// The port that is registered for it.
    fileprivate var port: Int {
      switch self {
      case .tls: 6514
      case .tcp: 601
      case .udp: 514
      }
    }
  }

  /// What carries the messages.
  package let transport: Transport
  /// The host's name or address.
  package let host: String
  /// The port.
  package let port: Int

  /// The receiver that `text` names; nil when it names none.
  ///
  /// An IPv6 address stands in brackets.
  package init?(_ text: String) {
    guard let transport = Transport.allCases.first(where: { text.hasPrefix("syslog+\($0.rawValue)://") }) else {
      return nil
    }
    let authority = text.dropFirst("syslog+://".count + transport.rawValue.count)
    let (host, rest): (Substring, Substring)
    if authority.first == "[" {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      host = authority[authority.index(after: authority.startIndex)..<end]
      rest = authority[authority.index(after: end)...]
    } else {
      host = authority.prefix { $0 != ":" }
      rest = authority.dropFirst(host.count)
    }
    guard !host.isEmpty, host.allSatisfy({ $0 != "/" && $0 != "?" && $0 != "@" }) else { return nil }
    let port = rest.isEmpty ? transport.port : rest.first == ":" ? Int(rest.dropFirst()) : nil
    guard let port, (1...65_535).contains(port) else { return nil }
    self.transport = transport
    self.host = String(host)
    self.port = port
  }

  /// The receiver as messages to the user name it.
  package var name: String { "\(host):\(port)" }
}
