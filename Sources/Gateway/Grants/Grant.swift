import Bytes
import Ciphers
package import Ledger

/// One single access that a configuration gives: to whom, and what.
package struct Grant: Hashable, Sendable {
  /// To whom it is given.
  package enum Holder: Hashable, Sendable {
    case caller(ConfiguredID<Caller>)
    /// A member of the workforce, by the name that requests and the configuration have.
    case user(String)
    case useCase(ConfiguredID<UseCase>)
  }

  /// What is given.
  package enum Access: Hashable, Sendable {
    case useCase(ConfiguredID<UseCase>)
    case role(String)
    /// To be believed when it vouches for this.
    case attestation(PolicySettings.Attestation)
    case tool(String, at: ConfiguredID<Vendor>)
    /// To read the log through the gateway.
    case log
    /// To ask what the policies decide.
    case decisions
  }

  package let holder: Holder
  package let access: Access

  package init(_ holder: Holder, _ access: Access) { (self.holder, self.access) = (holder, access) }

  /// How the log, commands and the file of what was removed call it, such as `caller:ehr/use-case:summarize`.
  ///
  /// People are there by their pseudonyms; nil for one whose pseudonym is not given. What is longer than a name of the log
  /// is, or has other characters, is called by its hash.
  package func id(_ pseudonyms: [String: Pseudonym]) -> ConfiguredName? {
    let holder: String
    switch self.holder {
    case .caller(let id): holder = "caller:\(id)"
    case .useCase(let id): holder = "use-case:\(id)"
    case .user(let name):
      guard let pseudonym = pseudonyms[name] else { return nil }
      holder = "user:\(pseudonym)"
    }
    let text = "\(holder)/\(access.text)"
    return ConfiguredName(text)
      ?? ConfiguredName("grant:\(Digest(hashing: Array(text.utf8).span).description.prefix(32))")
  }

  /// What it is, for people who have the configuration before them.
  package var words: String {
    let holder =
      switch self.holder {
      case .caller(let id): "caller \(id)"
      case .useCase(let id): "use case \(id)"
      case .user(let name): "user \(name)"
      }
    let access =
      switch self.access {
      case .useCase(let id): "use case \(id)"
      case .role(let name): "role \(name)"
      case .attestation(let fact): "attests \(fact.rawValue)"
      case .tool(let name, let server): "tool \(name.printable) of \(server)"
      case .log: "reads the log"
      case .decisions: "asks what policies decide"
      }
    return "\(holder): \(access)"
  }

  /// Names it in an entry of the log.
  func name(in entry: inout Entry, _ pseudonyms: [String: Pseudonym]) {
    entry.object = id(pseudonyms)
    switch holder {
    case .caller(let id): entry.caller = id.recorded
    case .useCase(let id): entry.useCase = id.recorded
    case .user(let name): entry.user = pseudonyms[name]
    }
    switch access {
    case .useCase(let id): entry.useCase = id.recorded
    case .tool(_, let server): entry.vendor = server.recorded
    case .role, .attestation, .log, .decisions: break
    }
  }
}

extension Grant.Access {
  fileprivate var text: String {
    switch self {
    case .useCase(let id): "use-case:\(id)"
    case .role(let name): "role:\(name)"
    case .attestation(let fact): "attests:\(fact.rawValue)"
    case .tool(let name, let server): "tool:\(server)/\(name)"
    case .log: "reads:log"
    case .decisions: "asks:decisions"
    }
  }
}

extension String {
  /// The same without what a terminal would obey: everything but printable ASCII is a question mark.
  fileprivate var printable: String {
    String(decoding: utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
  }
}
