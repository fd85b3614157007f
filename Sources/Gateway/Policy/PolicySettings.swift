import Ledger

/// Which policies requests are decided by, and who acts in which roles.
package struct PolicySettings: Hashable, Sendable {
  /// Where the policies are.
  package enum Source: Hashable, Sendable {
    /// Those that Cordon brings along.
    case hospital
    /// Those that two people have adopted, as the data directory keeps them.
    case adopted
    /// A file, or a folder whose files end in `.cedar`.
    case path(String)
  }

  package var source: Source
  /// The file of the schema; nil for the one that Cordon brings along.
  package var schema: String?
  /// The file of further entities; nil for none.
  package var entities: String?
  /// Whether a set is taken that nobody has adopted.
  package var acceptsUnsigned = false
  /// The roles of the members of the workforce; nil when everybody acts in their caller's.
  package var users: [String: Granted<String>]?
  /// What requests of a use case hold, where that is more or less than notes.
  package var dataClasses: [ConfiguredID<UseCase>: Set<String>] = [:]

  /// The callers that may ask what the policies would decide.
  package var deciders: Granted<ConfiguredID<Caller>> = []

  /// The policies of a source.
  package init(source: Source) { self.source = source }

  /// What a caller vouches for.
  package enum Attestation: String, Hashable, Sendable, CaseIterable {
    /// Whoever uses it has shown a second factor.
    case mfa
    /// It is used on devices that the organisation manages.
    case managedDevice = "managed_device"
    /// What its requests say of a patient's consents is so.
    case consents
  }
}

extension PolicySettings {
  /// Reads the settings of a configuration whose callers and use cases are known.
  static func read(
    _ node: ConfigurationNode?, in configuration: Configuration
  ) throws(ConfigurationError) -> PolicySettings? {
    guard let node else { return nil }
    let members = try node.members("set", "schema", "entities", "unsigned", "users", "data_classes", "asked_by")
    var settings = PolicySettings(source: try source(members["set"]))
    settings.schema = try members["schema"]?.text()
    settings.entities = try members["entities"]?.text()
    if let unsigned = members["unsigned"] {
      switch try unsigned.text() {
      case "accept":
        // Where patients are, no one person decides what is allowed.
        guard configuration.environment != .production else {
          throw unsigned.error(.wrongForm(expected: "`refuse`, unless `environment` is `test`"))
        }
        settings.acceptsUnsigned = true
      case "refuse": break
      default: throw unsigned.error(.wrongForm(expected: "`accept` or `refuse`"))
      }
    }
    if settings.source == .adopted {
      for name in ["schema", "entities", "unsigned"] {
        guard let place = members[name] else { continue }
        throw place.error(.wrongForm(expected: "left out: what is adopted is adopted whole"))
      }
    }
    if let users = members["users"] {
      var roles: [String: Granted<String>] = [:]
      for (name, value) in try users.pairs() {
        // The name is personal: it is not said again.
        guard let reference = RequestParties.reference(name), roles[reference] == nil else {
          throw users.error(.wrongForm(expected: "a list of people, each once, by 1 to 256 bytes"))
        }
        roles[reference] = try value.grantedNames()
      }
      settings.users = roles
    }
    let callers = Set(configuration.callers.map(\.id))
    settings.deciders =
      try members["asked_by"]?.granted { name throws(ConfigurationError) in
        let caller: ConfiguredID<Caller> = try name.id()
        guard callers.contains(caller) else { throw name.error(.unknownReference(to: "caller")) }
        return caller
      } ?? []
    let useCases = Set(configuration.useCases.map(\.id))
    for (name, value) in try members["data_classes"]?.pairs() ?? [] {
      guard let useCase = ConfiguredID<UseCase>(name), useCases.contains(useCase) else {
        throw value.error(.unknownReference(to: "use case"))
      }
      settings.dataClasses[useCase] = try value.names()
    }
    return settings
  }

  private static func source(_ node: ConfigurationNode?) throws(ConfigurationError) -> Source {
    switch try node?.text() ?? "adopted" {
    case "adopted": .adopted
    case "hospital": .hospital
    case let path: .path(path)
    }
  }
}

extension ConfigurationNode {
  /// A list of names, each once, such as those of roles.
  func names() throws(ConfigurationError) -> Set<String> {
    var names: Set<String> = []
    for element in try elements() {
      let name = try element.text()
      guard ConfiguredID<PolicySettings>(name) != nil, names.insert(name).inserted else {
        throw element.error(.wrongForm(expected: "a name, each once"))
      }
    }
    return names
  }
}

extension Caller {
  /// Reads in which roles a caller acts, and what it vouches for.
  mutating func readRoles(_ members: ConfigurationMembers) throws(ConfigurationError) {
    roles = try members["roles"]?.grantedNames() ?? []
    attests =
      try members["attests"]?.granted { name throws(ConfigurationError) in
        guard let named = PolicySettings.Attestation(rawValue: try name.text()) else {
          let known = PolicySettings.Attestation.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
          throw name.error(.wrongForm(expected: "one of \(known)"))
        }
        return named
      } ?? []
  }
}
