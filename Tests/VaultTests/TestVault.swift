import Bytes
import Ciphers
import Synchronization
import TestKit
import Vault

/// A vault in a folder of its own, with people and a clock that the test moves.
final class TestVault: Sendable {
  let folder: TemporaryFolder
  let time = Mutex(Moment(milliseconds: 1_790_000_000_000))
  let alice: CustodianKey
  let bruno: CustodianKey
  let carol: CustodianKey

  static let parameters = Argon2Parameters(memory: 64, passes: 1, lanes: 1)

  init() throws {
    folder = try TemporaryFolder()
    var random = SystemRandomNumberGenerator()
    alice = try require(CustodianKey(name: "alice", using: &random))
    bruno = try require(CustodianKey(name: "bruno", using: &random))
    carol = try require(CustodianKey(name: "carol", using: &random))
  }

  var clock: @Sendable () -> Moment { { [self] in time.withLock { $0 } } }

  func pass(days: Int64 = 0, milliseconds: Int64 = 0) {
    time.withLock { $0 = Moment(milliseconds: $0.milliseconds + days * Moment.day + milliseconds) }
  }

  static let passphrase = PassphraseSource { () throws(VaultError) in Array("correct horse battery".utf8) }

  func createProvider() throws -> LocalProvider {
    try LocalProvider.create(
      folder: folder.path + "/keys", passphrase: TestVault.passphrase, parameters: require(TestVault.parameters),
      clock: clock)
  }

  func provider() throws -> LocalProvider {
    try LocalProvider(folder: folder.path + "/keys", passphrase: TestVault.passphrase, clock: clock)
  }

  /// Makes the vault, and opens it for the two duties.
  func create(_ settings: Vault.Settings = Vault.Settings()) async throws -> (use: Vault, administration: Vault) {
    let provider = try createProvider()
    let administration = try await Vault.create(
      data: folder.path, provider: provider, people: [person(alice), person(bruno)], settings: settings, clock: clock,
      uptime: { nil })
    let use = try Vault.open(
      data: folder.path, provider: provider, for: .use, settings: settings, clock: clock, uptime: { nil })
    return (use, administration)
  }

  func person(_ key: borrowing CustodianKey, _ roles: Set<Role> = [.keyAdministrator]) throws -> Custodian {
    try require(Custodian(name: key.name, key: key.verificationKey, roles: roles))
  }

  /// What Alice proposes and Bruno approves.
  func agreed(
    _ vault: Vault, _ operation: Proposal.Operation, _ object: String, _ parameters: [String: String] = [:]
  ) async throws -> Approval {
    let proposal = vault.draft(operation, object: object, parameters: parameters)
    try await vault.submit(proposal, by: "alice", signature: alice.sign(proposal, as: .proposer))
    try await vault.approve(proposal.id, by: "bruno", signature: bruno.sign(proposal, as: .approver))
    return try await vault.approval(of: proposal.id)
  }

  /// Writes the waiting events to an imagined log.
  @discardableResult
  func record(_ vault: Vault) async throws -> [VaultEvent] {
    var log: [VaultEvent] = []
    try await vault.takeOutbox { event in
      log.append(event)
      return UInt64(log.count)
    }
    return log
  }

  /// Adds a person by the agreement of the first two.
  func add(_ key: borrowing CustodianKey, _ roles: [Role], to vault: Vault) async throws {
    let names = roles.map(\.rawValue).joined(separator: ",")
    let public_ = Base64.encode(key.verificationKey.bytes)
    let approval = try await agreed(vault, .addCustodian, key.name, ["key": public_, "roles": names])
    _ = try await vault.addCustodian(approval)
  }
}

/// A value that a test needs.
func require<Value: ~Copyable>(_ value: consuming Value?) throws -> Value {
  guard let value else { throw Absent() }
  return value
}

struct Absent: Error {}

/// What `body` throws.
func failure(_ body: () async throws -> Void) async -> VaultError? {
  do {
    try await body()
    return nil
  } catch {
    return error as? VaultError
  }
}

extension SubjectReference {
  static let ada = SubjectReference(.patient, "http://hospital.example/mrn|48151623")
  static let bob = SubjectReference(.patient, "http://hospital.example/mrn|99887766")
}
