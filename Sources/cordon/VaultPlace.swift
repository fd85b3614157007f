import Gateway
import Ledger
import Vault

/// A vault, with what it takes to open it: where it is, and who keeps its root key.
struct VaultPlace {
  /// The data directory.
  let data: String
  /// Who keeps the root key, under which name.
  let settings: VaultSettings
  /// What the log is called.
  let origin: Origin
  /// Where the address of the database with the replicas' leases is; nil when they are in the data directory.
  let leases: SecretSource?
  /// The configuration that said so, where one was given.
  let configuration: Configuration?
  /// Whether only approved algorithms may be used: by the configuration, or by what the last gateway on the data was told.
  var allowsApprovedOnly: Bool

  /// What a configuration says, or the usual of a data directory; a passphrase that is given is taken instead of the
  /// configuration's.
  init(config: String?, data: String?, passphraseFile: String?) throws {
    var settings = VaultSettings()
    var folder = "cordon-data"
    var origin = Origin.derived
    var database: SecretSource?
    var found: Configuration?
    if let config {
      let configuration: Configuration
      do {
        configuration = try Assembly.configuration(at: config)
      } catch let error as ConfigurationError {
        throw CommandFailure(.badConfiguration, "\(config): \(error)")
      }
      (settings, folder, origin) = (
        configuration.vault, configuration.dataDirectory, configuration.log.origin
      )
      database = configuration.log.shards?.leases
      found = configuration
    }
    if let passphraseFile {
      guard case .local = settings.provider else {
        throw CommandFailure(
          .badConfiguration, "the passphrase of a key file is given, and the root key is in none")
      }
      settings.provider = .local(passphrase: .file(passphraseFile))
    }
    self.settings = settings
    self.data = data ?? folder
    self.origin = origin
    leases = database
    configuration = found
    // A replica leaves its state beside its shard.
    let folders = [self.data] + ((try? ShardedLog.logs(of: self.data).map(\.data)) ?? [])
    allowsApprovedOnly =
      found?.fips.isRequired == true || folders.contains { ServeState.read(in: $0)?.allowsApprovedOnly == true }
  }

  private init(data: String, _ other: VaultPlace) {
    self.data = data
    settings = other.settings
    origin = other.origin
    // The turn of those who serve is not that of a copy.
    leases = nil
    configuration = other.configuration
    allowsApprovedOnly = other.allowsApprovedOnly
  }

  /// The same keeper for another data directory, such as one that is being restored.
  func moved(to data: String) -> VaultPlace { VaultPlace(data: data, self) }

  /// Throws where approved algorithms only are allowed, before `what` uses others.
  func refuseUnapproved(_ what: String) throws(CommandFailure) {
    guard allowsApprovedOnly else { return }
    throw CommandFailure(
      .badConfiguration,
      "`fips.required`: \(what) is an age file, whose algorithms are not approved\n"
        + "help: copy the data directory, which is sealed as it lies, with tools that are")
  }

  /// The folder of the key file, with a keeper that has one.
  var keys: String { "\(data)/keys" }

  /// What `body` does with the keeper of the root key, whose connections are closed afterwards.
  func withKeeper<Value>(_ body: (KeyKeeper) async throws -> Value) async throws -> Value {
    let keeper: KeyKeeper
    do {
      keeper = try KeyKeeper(settings.provider, keys: keys)
    } catch let error as VaultError {
      throw VaultOptions.failure("the root key of the vault in `\(data)`", error)
    }
    let outcome: Result<Value, any Error>
    do {
      outcome = .success(try await body(keeper))
    } catch {
      outcome = .failure(error)
    }
    await keeper.close()
    return try outcome.get()
  }

  /// What `body` does with the vault.
  func withVault<Value>(
    for duty: Vault.Duty = .administration, _ body: (Vault) async throws -> Value
  ) async throws -> Value {
    try await withKeeper { keeper in
      let vault = try VaultOptions.saying("vault in `\(data)`") { () throws(VaultError) in
        try Vault.open(data: data, provider: keeper.provider, for: duty)
      }
      guard vault.root == settings.key else {
        throw CommandFailure(
          .badConfiguration,
          "the vault in `\(data)` hangs from the root key `\(vault.root)`, not from `\(settings.key)`")
      }
      return try await body(vault)
    }
  }
}
