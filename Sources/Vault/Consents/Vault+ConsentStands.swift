import Bytes
package import Ciphers
import GRDB
import Storage

/// How the register stands of somebody of whom the log has changes of it.
package enum ConsentStand: Hashable, Sendable {
  /// There is nobody with this tag.
  case nobody
  /// The key was destroyed, and the register with it.
  case destroyed
  /// The code of what is there, as events have it; nil where there is nothing.
  case holds([UInt8]?)
}

// The vault does not know the log. It keeps under its seal how far into each log somebody has found its register to be what
// that says of it: an older copy of the file has an older word, so that all which it lacks lies after that.
extension Vault {
  private static let compared = "consents compared"

  /// How far into each log the register was found to be what the log says of it, or was taken as it is.
  package func consentsCompared() async throws(VaultError) -> [String: UInt64] {
    try Vault.sizes(of: try fact(Vault.compared, try await box(.evidence)))
  }

  private static func sizes(of fact: Fact?) throws(VaultError) -> [String: UInt64] {
    guard let fact else { return [:] }
    guard let members = fact.text.flatMap({ try? JSONValue(parsing: Array($0.utf8)) })?.members else {
      throw VaultError(.altered(.vault))
    }
    var sizes: [String: UInt64] = [:]
    for member in members { sizes[member.name] = member.value.integer.flatMap { UInt64(exactly: $0) } }
    return sizes
  }

  /// Whether anything was ever in the register, or somebody is there to keep it.
  package func keepsConsents() async throws(VaultError) -> Bool {
    if try consentGeneration() != nil { return true }
    return try roster(try await box(.evidence)).people.contains { $0.roles.contains(.privacyOfficer) }
  }

  /// Keeps how far into each log the register is what the log says of it; who compared further meanwhile is believed.
  package func keepConsentsCompared(_ sizes: [String: UInt64]) async throws(VaultError) {
    let evidence = try await box(.evidence)
    try change(evidence) { database in
      let known = try Vault.sizes(of: try Vault.fact(Vault.compared, database))
      let furthest = sizes.reduce(into: sizes) { $0[$1.key] = max($1.value, known[$1.key] ?? 0) }
      try Vault.set(Vault.fact(of: furthest), as: Vault.compared, database)
    }
  }

  /// Takes the register as it is from now on, however much of what the logs say it lacks: `word` names what that was.
  package func settleConsents(
    at sizes: [String: UInt64], as word: String, saying reason: String, by officer: ConsentOfficer
  ) async throws(VaultError) {
    guard officer.mayChange else { throw VaultError(.forbidden) }
    let evidence = try await box(.evidence)
    var event = event(.consentSettled, object: word, people: [officer.pseudonym])
    event.reason = reason
    let told = event
    try change(evidence) { database in
      try Vault.set(Vault.fact(of: sizes), as: Vault.compared, database)
      try Vault.countConsentChange(database)
      try put(told, evidence, database)
    }
  }

  /// How the register stands of each of these, with the events of changes that wait for the log, or were handed to it last,
  /// in the order in which they were made.
  package func consentStands(
    of tags: [Digest]
  ) async throws(VaultError) -> (stands: [Digest: ConsentStand], told: [VaultEvent]) {
    guard !tags.isEmpty else { return ([:], []) }
    let evidence = try await box(.evidence)
    let asked = tags.map { (tag: $0, event: event(.consentRecorded, object: $0.description)) }
    return try Vault.stored {
      try store.read { database in
        let codes = RowCodes(.subjects, evidence)
        var stands: [Digest: ConsentStand] = [:]
        for (tag, event) in asked {
          guard let row = try SubjectRow.find(tag, codes, database) else {
            stands[tag] = .nobody
            continue
          }
          stands[tag] =
            row.state == .shredded ? .destroyed : .holds(try Vault.code(of: event, evidence, database)?.bytes)
        }
        let own = RowCodes(.outbox, evidence)
        let rows = try Row.fetchAll(database, sql: "SELECT \(OutboxRow.columns) FROM outbox ORDER BY number")
        let told = try rows.map { try OutboxRow($0, own).event }
        return (stands, told.filter { $0.name == .consentRecorded || $0.name == .consentEnded })
      }
    }
  }

  private static func fact(of sizes: [String: UInt64]) -> Fact {
    let members = sizes.sorted { $0.key < $1.key }.map { JSONMember($0.key, .number(String($0.value))) }
    return Fact(0, String(decoding: JSONValue.object(members).bytes, as: UTF8.self))
  }
}
