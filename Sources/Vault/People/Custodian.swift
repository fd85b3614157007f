import Bytes
package import Ciphers

/// A person whose signature the vault knows.
package struct Custodian: Hashable, Sendable {
  /// The name, as it stands on command lines: 1 to 64 ASCII letters, digits, dots, hyphens and underscores.
  package let name: String
  /// The public half of the person's key.
  package let key: VerificationKey
  /// What the person may do.
  package let roles: Set<Role>

  /// A person; nil when the name is none or the roles exclude each other.
  package init?(name: String, key: VerificationKey, roles: Set<Role>) {
    guard Role.mayGoTogether(roles) else { return nil }
    self.init(known: name, key, roles)
  }

  /// A person of a list that is authentic: what may go together may have been more when they were taken in.
  private init?(known name: String, _ key: VerificationKey, _ roles: Set<Role>) {
    guard Custodian.isName(name) else { return nil }
    self.name = name
    self.key = key
    self.roles = roles
  }

  static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || [0x2D, 0x2E, 0x5F].contains($0) }
  }
}

/// The people that the vault knows; the whole list is authenticated, so that nobody is added beside the vault.
struct Roster: Hashable {
  /// How many key administrators there must always be: fewer could decide nothing.
  static let fewestAdministrators = 2

  private(set) var people: [Custodian] = []
  /// Grows with every change.
  private(set) var version = 1

  init(first people: [Custodian]) throws(VaultError) {
    for person in people { try add(person) }
    version = 1
    try checkAdministrators()
  }

  subscript(name: String) -> Custodian? { people.first { $0.name == name } }

  mutating func add(_ person: Custodian) throws(VaultError) {
    guard self[person.name] == nil else { throw VaultError(.exists) }
    guard !people.contains(where: { $0.key == person.key }) else { throw VaultError(.proposal(.sameKey)) }
    people.append(person)
    version += 1
  }

  mutating func remove(_ name: String) throws(VaultError) {
    guard self[name] != nil else { throw VaultError(.missing) }
    people.removeAll { $0.name == name }
    version += 1
    try checkAdministrators()
  }

  mutating func setRoles(_ roles: Set<Role>, of name: String) throws(VaultError) {
    guard let index = people.firstIndex(where: { $0.name == name }) else { throw VaultError(.missing) }
    guard let changed = Custodian(name: name, key: people[index].key, roles: roles) else {
      throw VaultError(.rolesConflict)
    }
    people[index] = changed
    version += 1
    try checkAdministrators()
  }

  private func checkAdministrators() throws(VaultError) {
    guard people.count(where: { $0.roles.contains(.keyAdministrator) }) >= Roster.fewestAdministrators else {
      throw VaultError(.tooFewCustodians)
    }
  }
}

extension Roster {
  /// The list as compact JSON.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    JSONValue.object([
      JSONMember("version", .number(String(version))),
      JSONMember("people", .array(people.map(\.json))),
    ]).write(into: &bytes)
    return bytes
  }

  /// The list that the JSON is.
  init(_ bytes: [UInt8]) throws(VaultError) {
    guard let json = try? JSONValue(parsing: bytes), let version = json["version"]?.integer,
      let people = json["people"]?.array
    else { throw VaultError(.malformed) }
    for person in people {
      guard let person = Custodian(person) else { throw VaultError(.malformed) }
      self.people.append(person)
    }
    self.version = version
  }
}

extension Custodian {
  fileprivate var json: JSONValue {
    .object([
      JSONMember("name", .string(name)), JSONMember("key", .string(Base64.encode(key.bytes))),
      JSONMember("roles", .array(roles.sorted().map { .string($0.rawValue) })),
    ])
  }

  fileprivate init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let text = json["key"]?.string, let bytes = Base64.decode(text),
      let key = try? VerificationKey(bytes.span), let names = json["roles"]?.array
    else { return nil }
    let roles = names.compactMap { $0.string.flatMap(Role.init(rawValue:)) }
    guard roles.count == names.count, !roles.isEmpty else { return nil }
    self.init(known: name, key, Set(roles))
  }
}
