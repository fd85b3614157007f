import ArgumentParser
import Bytes
import Gateway
import Ledger
import PHI
import Vault

/// `cordon grant`: who has which access, and what of it nobody uses.
struct GrantCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant", abstract: "Say who has which access, propose what nobody uses for removal, and remove it.",
    discussion: """
      A grant is one single access that the configuration gives: a caller its use case, its role or what it vouches for, a \
      member of the workforce a role, a use case a tool. What the configuration does not give nobody has. What is removed \
      stays so whatever configuration comes into force, until it is restored.
      """,
    subcommands: [
      GrantListCommand.self, GrantUnusedCommand.self, GrantRemoveCommand.self, GrantRestoreCommand.self,
      GrantSettleCommand.self,
    ])
}

/// The configuration whose grants are meant, and the log that tells of them.
struct GrantOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The configuration that grants.", valueName: "file"))
  var config = "cordon.yaml"

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The file with the passphrase of the key file; else the systemd credential `vault-passphrase`, else the variable CORDON_VAULT_PASSPHRASE.",
      valueName: "file"))
  var passphraseFile: String?

  /// Where the vault and the log are.
  func place() throws -> VaultPlace { try VaultPlace(config: config, data: nil, passphraseFile: passphraseFile) }
}

/// What the configuration grants, with what the log says of it.
struct GrantDesk {
  let configuration: Configuration
  let removed: RemovedGrants
  let history: GrantHistory
  let review: GrantReview
  let now: Timestamp
  /// The policies in force; nil where there are none, or nobody can tell.
  let policy: PolicyInForce?

  /// Reads the log, all of it.
  static func open(_ options: GrantOptions, days: Int? = nil, at end: Timestamp? = nil) async throws -> GrantDesk {
    let place = try options.place()
    guard let configuration = place.configuration else {
      throw CommandFailure(.badConfiguration, "\(options.config): cannot be read")
    }
    let now = end ?? Timestamp(milliseconds: Assembly.now())
    let removed = try removed(in: place.data)
    let (pseudonyms, logs, policy) = try await ProvedLogs.saying(place.data) {
      try await place.withVault(for: .use) { vault in
        (
          try await vault.pseudonyms(of: configuration), try await ProvedLogs.of(place.data, vault),
          try await policies(of: configuration, vault)
        )
      }
    }
    logs.tell()
    let history = try history(logs, of: place.data, until: now)
    let review = GrantReview(
      configuration.grants,
      lapsed: configuration.grants.lapsed(
        Set(removed.removals.keys), pseudonyms, on: CalendarDate(secondsSinceEpoch: now.milliseconds / 1_000)),
      by: history, pseudonyms, days: days ?? configuration.access.unusedDays, at: now)
    return GrantDesk(
      configuration: configuration, removed: removed, history: history, review: review, now: now, policy: policy)
  }

  private static func policies(of configuration: Configuration, _ vault: Vault) async throws -> PolicyInForce? {
    do {
      return try await PolicyInForce.load(configuration, vault)
    } catch let fault as PolicyFault {
      StandardError.line("warning: whether policies may allow more without a role nobody can tell: \(fault)")
      return nil
    }
  }

  /// The policies that may allow more without a grant.
  func lifted(without item: GrantReview.Item) -> [String] { policy?.lifted(without: item.grant) ?? [] }

  /// What the logs of a data directory say of grants.
  static func history(_ logs: ProvedLogs, of data: String, until end: Timestamp) throws -> GrantHistory {
    do {
      return try GrantHistory(logs, until: end)
    } catch let error as LedgerError {
      throw CommandFailure(
        error.code == .missing ? .noInput : .unreadableInput,
        "\(data): \(error)\nhelp: nothing is proposed on the strength of a log that cannot be read")
    }
  }

  /// What was removed in a data directory.
  static func removed(in data: String) throws -> RemovedGrants {
    do throws(FileFault) {
      return try RemovedGrants.read(data: data)
    } catch {
      throw failure(error, data, .unreadableInput)
    }
  }

  /// That what was removed cannot be read or changed.
  static func failure(
    _ fault: FileFault, _ data: String, _ code: CommandFailure.Code = .outputFailed
  ) -> CommandFailure {
    let help = fault == .gone ? "\nhelp: it is lost; a gateway that runs on these data writes it anew" : ""
    return CommandFailure(code, "\(data)/\(RemovedGrants.file): \(fault)\(help)")
  }

  /// What the log is, in a sentence.
  var evidence: String {
    let begins = review.begins.map { "which begins on \($0.day)" } ?? "which says nothing"
    return "\(review.entries) entries of the log were read, \(begins)"
  }

  /// What there is to say of a grant, as JSON.
  func json(_ item: GrantReview.Item) -> JSONValue {
    func text(_ name: String, _ value: (some CustomStringConvertible)?) -> [JSONMember] {
      [JSONMember(name, value.map { .string($0.description) } ?? .null)]
    }
    let removal = removed.removals[item.id]
    let isHeld = removed.restore?.holds == true
    var members = [JSONMember("grant", .string(item.id.description)), JSONMember("what", .string(item.grant.words))]
    members += text("given", item.given) + text("last_used", item.used) + text("until", item.terms.until)
    members.append(JSONMember("line", item.terms.line.map { .integer($0) } ?? .null))
    members.append(JSONMember("state", .string(item.finding.name)))
    let lifted = lifted(without: item)
    if !lifted.isEmpty { members.append(JSONMember("lifting", .array(lifted.map { .string($0) }))) }
    if isHeld { members.append(JSONMember("held", .bool(true))) }
    if case .unused(let proposal) = item.finding {
      members.append(JSONMember("proposal", .string(proposal)))
      members += text("proposed", item.proposed)
    }
    if let removal {
      members.append(
        JSONMember(
          "removed",
          .object(
            text("by", removal.person) + text("because", removal.reason) + text("time", removal.time)
              + text("proposal", removal.proposal)
              + (removal.lifting.isEmpty ? [] : [JSONMember("lifting", .array(removal.lifting.map { .string($0) }))]))))
    }
    return .object(members)
  }
}

extension GrantReview.Finding {
  /// Its name in JSON.
  var name: String {
    switch self {
    case .used: "used"
    case .young: "young"
    case .unrecorded: "not_recorded"
    case .logTooShort: "log_too_short"
    case .lapsed(.removed): "removed"
    case .lapsed(.ended): "ended"
    case .lapsed: "not_known"
    case .unused: "unused"
    }
  }
}

extension Vault {
  /// The pseudonyms of the people whom a configuration grants something.
  func pseudonyms(of configuration: Configuration) async throws(VaultError) -> [String: Pseudonym] {
    var pseudonyms: [String: Pseudonym] = [:]
    for user in configuration.grantedUsers { pseudonyms[user] = Pseudonym(try await pseudonym(of: user)) }
    return pseudonyms
  }
}

extension Timestamp {
  /// Its day, as `2026-11-21`.
  var day: String { String(description.prefix(10)) }
}
