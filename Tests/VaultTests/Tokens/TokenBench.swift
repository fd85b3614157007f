import Ciphers
import Synchronization
import TestKit
import Testing
import Vault

/// A vault with a token table and four people, in a folder of one test's own.
final class TokenBench: Sendable {
  private static let passphrase = PassphraseSource { () throws(VaultError) in Array("correct horse battery".utf8) }

  let folder: TemporaryFolder
  let vault: Vault
  let tokens: TokenVault
  /// What the log has taken up, in order.
  let log = Mutex<[VaultEvent]>([])
  let scope: ScopeName
  private let provider: LocalProvider
  private let settings: Vault.Settings
  private let clock: TestClock
  private let files: [String: [UInt8]]

  /// A vault whose scope `asthma` has this policy; `clock` is what it takes the time from.
  init(_ policy: RevealPolicy = .dual, settings: Vault.Settings = .init(), clock: TestClock = TestClock()) async throws
  {
    folder = try TemporaryFolder()
    let provider = try LocalProvider.create(
      folder: "\(folder.path)/keys", passphrase: Self.passphrase,
      parameters: try #require(Argon2Parameters(memory: 8, passes: 1, lanes: 1)), clock: clock.read)
    var people: [Custodian] = []
    var files: [String: [UInt8]] = [:]
    for (name, roles) in Self.people {
      let key = try Self.freshKey(name)
      people.append(try #require(Custodian(name: name, key: key.verificationKey, roles: roles)))
      files[name] = try key.revealingFile(passphrase: nil)
    }
    self.files = files
    self.provider = provider
    self.settings = settings
    self.clock = clock
    _ = try await Vault.create(
      data: folder.path, provider: provider, people: people, settings: settings, clock: clock.read,
      uptime: { nil })
    vault = try Vault.open(
      data: folder.path, provider: provider, for: .use, settings: settings, clock: clock.read,
      uptime: { nil })
    tokens = try TokenVault(vault)
    scope = try #require(ScopeName("asthma"))
    try await tokens.create(scope, policy: policy)
  }

  static let people: [(String, Set<Role>)] = [
    ("ada", [.keyAdministrator]), ("ben", [.keyAdministrator]), ("rosa", [.revealer]), ("raj", [.revealer]),
    ("otto", [.auditor]), ("lena", [.logAdministrator]), ("ute", [.keyUser]),
  ]

  /// A key of its own that bears a name.
  static func freshKey(_ name: String) throws -> CustodianKey {
    var random = SystemRandomNumberGenerator()
    guard let key = CustodianKey(name: name, using: &random) else { throw VaultError(.malformed) }
    return key
  }

  /// The key of a person.
  func key(_ name: String) throws -> CustodianKey { try CustodianKey(file: files[name] ?? [], passphrase: nil) }

  /// The same vault for those who change keys.
  func administration() throws -> Vault {
    try Vault.open(
      data: folder.path, provider: provider, for: .administration, settings: settings, clock: clock.read,
      uptime: { nil })
  }

  /// Takes the waiting events up into the log.
  func record() async throws {
    try await vault.takeOutbox { event in
      log.withLock { log in
        log.append(event)
        return UInt64(log.count)
      }
    }
  }

  /// The events about tokens that the log has.
  var events: [VaultEvent] { log.withLock { $0.filter { $0.token != nil } } }

  /// The tokens of values of one kind.
  func issue(_ values: String..., as kind: String = "NAME") async throws -> [Token] {
    try await tokens.issuer(for: scope).issue(values.map { TokenValue(kind, $0) })
  }

  /// What Ada proposes and Ben approves.
  func agreed(_ vault: Vault, _ operation: Proposal.Operation, _ object: String) async throws -> Approval {
    let proposal = vault.draft(operation, object: object)
    try await vault.submit(proposal, by: "ada", signature: try key("ada").sign(proposal, as: .proposer))
    try await vault.approve(proposal.id, by: "ben", signature: try key("ben").sign(proposal, as: .approver))
    return try await vault.approval(of: proposal.id)
  }

  func approve(_ proposal: String, by name: String) async throws {
    let state = try vault.state(of: proposal)
    try await vault.approve(proposal, by: name, signature: try key(name).sign(state.proposal, as: .approver))
  }
}

/// A clock that a test sets.
final class TestClock: Sendable {
  private let now = Mutex<Int64>(1_795_000_000_000)

  var read: @Sendable () -> Moment {
    { [self] in Moment(milliseconds: now.withLock { $0 }) }
  }

  func advance(days: Int64) { now.withLock { $0 += days * Moment.day } }
}

extension TokenValue {
  /// A value that has one spelling.
  init(_ kind: String, _ value: String) {
    guard let kind = TokenKind(kind) else { preconditionFailure("a kind has capital letters only") }
    self.init(kind, identity: Array(value.lowercased().utf8), spelling: Array(value.utf8))
  }
}

/// The code of the error that `body` throws; nil when it throws none.
func refusal(_ body: () async throws -> Void) async -> VaultError.Code? {
  do {
    try await body()
    return nil
  } catch let error as VaultError {
    return error.code
  } catch {
    Issue.record("another error: \(type(of: error))")
    return nil
  }
}
