import ArgumentParser
import AsyncHTTPClient
import Bytes
import Ciphers
import Deidentification
import Detection
import Gateway
import Glibc
import Ledger
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Transformers
import Vault

/// Where everything is built and wired, once; nothing else reads the environment or the clock.
enum Assembly {
  /// The configuration in a file.
  static func configuration(at path: String) throws -> Configuration {
    guard let bytes = TextFile.contents(of: path) else {
      throw ConfigurationError(.unreadable, at: "", line: nil)
    }
    return try Configuration(yaml: String(decoding: bytes, as: UTF8.self))
  }

  /// Lets Swift's tasks run on the threads that serve the sockets: a request then changes threads for the log only.
  ///
  /// There are as many as the process may use cores: more would only take turns. To be called once, before anything is
  /// served. A toolchain that does not allow it goes on as before, more slowly.
  static func shareThreads() {
    if let cores = ProcessorCores.allowed { NIOSingletons.groupLoopCountSuggestion = cores }
    NIOSingletons.unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor()
  }

  /// A logger that writes to standard error.
  static func logger(_ level: Logger.Level, _ format: LogFormat = .text) -> Logger {
    var logger = Logger(label: "cordon") { label in
      switch format {
      case .text: StreamLogHandler.standardError(label: label)
      case .json: JSONLogHandler(now: now)
      }
    }
    logger.logLevel = level
    return logger
  }

  /// Milliseconds since the Unix epoch.
  static let now: @Sendable () -> Int64 = {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  private static let monotonicMicroseconds: @Sendable () -> Int64 = {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }

  private static let millisecondsSinceBoot: @Sendable () -> Int64 = {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// The gateway with its log, its vault, its vendors and their credentials.
  ///
  /// `observe` sees what the loopback model gets. The vault is the one that the configuration names, unless one is given.
  static func gateway(
    _ configuration: Configuration, logger: Logger, vault given: Vault? = nil,
    observe: @escaping @Sendable ([UInt8]) -> Void = { _ in }
  ) async throws -> House {
    try checkCryptography(configuration)
    let sessions = VendorSessions()
    let client = HTTPClient(
      eventLoopGroupProvider: .singleton, configuration: clientConfiguration(configuration, sessions))
    var keeper: KeyKeeper?
    do {
      let attestations = VendorAttestations(
        clientConfiguration(configuration, sessions),
        clock: AttestationClock(wall: now, steady: millisecondsSinceBoot))
      let endpoints = try endpoints(configuration, client: client, attestations, observe: observe)
      attestations.adopt()
      let site = try configuration.siteLists.map(SiteFolder.lists)
      let readers = try readers(configuration)
      let certificate = try certificate(configuration)
      if given == nil { keeper = try self.keeper(configuration) }
      let vault = try given ?? openVault(configuration, keeper)
      let policy = try await sayingPolicy(configuration) { try await PolicyInForce.load(configuration, vault) }
      let registry = try registry(configuration)
      let ledger = try await openLedger(configuration, vault)
      let deliveries = try deliveries(configuration, ledger, logger)
      let gateway = Gateway(
        configuration, site: site, readers: readers, policy: policy, endpoints: endpoints.models,
        toolEndpoints: endpoints.tools,
        registry: registry, attestations: attestations, ledger: ledger, vault: vault,
        clock: GatewayClock(wall: now, monotonic: monotonicMicroseconds), deliveries: deliveries,
        traces: configuration.telemetry.endpoint == nil ? nil : Traces(),
        newID: randomID)
      sessions.go(to: gateway)
      return House(
        gateways: GatewayInForce(gateway), ledger: ledger, deliveries: deliveries, keeper: keeper, client: client,
        state: HouseState(configuration, readers), certificate: certificate,
        rounds: try Sharding.rounds(gateway, configuration, logger))
    } catch {
      await keeper?.close()
      try? await client.shutdown()
      throw error
    }
  }

  /// What the listener presents.
  private static func certificate(_ configuration: Configuration) throws -> ListenerCertificate? {
    try configuration.listen.certificate.map { files in
      do {
        return try ListenerCertificate(files, onlyApproved: configuration.fips.isRequired)
      } catch {
        throw CommandFailure(.badConfiguration, "`listen.tls`: \(error)")
      }
    }
  }

  static func readers(_ configuration: Configuration) throws -> Readers {
    do throws(TransformerError) {
      return try Readers(configuration)
    } catch {
      throw CommandFailure(
        .badConfiguration, "`detection`: \(error)\nhelp: correct `model` and `runtime`, or leave the model out")
    }
  }

  /// What `body` gives, or the failure that says why the policies of a configuration are not taken.
  static func sayingPolicy(
    _ configuration: Configuration, _ body: () async throws -> PolicyInForce?
  ) async throws -> PolicyInForce? {
    do {
      return try await body()
    } catch let fault as PolicyFault {
      throw CommandFailure(.badConfiguration, "`policy`: \(fault)")
    } catch let error as VaultError {
      throw VaultOptions.failure(
        "which policies two people have adopted, the vault in `\(configuration.dataDirectory)` cannot say, and without "
          + "it no configuration comes into force", error)
    }
  }

  private static func registry(_ configuration: Configuration) throws -> AgreementRegistry {
    do throws(ConfigurationError) {
      return try AgreementRegistry(data: configuration.dataDirectory)
    } catch {
      throw CommandFailure(
        .badConfiguration, "\(configuration.dataDirectory)/\(AgreementRegistry.file): \(error)")
    }
  }

  private static func keeper(_ configuration: Configuration) throws -> KeyKeeper {
    do {
      return try KeyKeeper(configuration.vault.provider, keys: "\(configuration.dataDirectory)/keys")
    } catch let error as VaultError where error.code == .missing {
      throw noVault(in: configuration.dataDirectory)
    } catch let error as VaultError {
      throw VaultOptions.failure("the key provider", error)
    }
  }

  private static func openVault(_ configuration: Configuration, _ keeper: KeyKeeper?) throws -> Vault {
    guard let keeper else { throw noVault(in: configuration.dataDirectory) }
    var settings = Vault.Settings()
    settings.keyLifetimeSeconds = Int64(configuration.vault.cacheSeconds)
    settings.newSubjectsPerDay = Int64(configuration.vault.newSubjectsPerDay)
    do throws(VaultError) {
      return try Vault.open(
        data: configuration.dataDirectory, provider: keeper.provider, for: .use, settings: settings)
    } catch {
      throw error.code == .missing
        ? noVault(in: configuration.dataDirectory)
        : VaultOptions.failure("the vault in `\(configuration.dataDirectory)`", error)
    }
  }

  private static func noVault(in folder: String) -> CommandFailure {
    CommandFailure(.unavailable, "there is no vault in `\(folder)`\nhelp: make one with `cordon vault init`")
  }

  private static func openLedger(_ configuration: Configuration, _ vault: Vault) async throws -> AuditLog {
    let folder = configuration.logDirectory
    try Sharding.prepare(configuration)
    try await Sharding.checkRoot(configuration, vault)
    do {
      let name = LogMarking.name(of: configuration.log.shards?.replica)
      try await LogMarking.check(folder, vault, as: name)
      // The log from before there were replicas is none the less what the vault says.
      if name != LogMarking.log, try await vault.mark(of: LogMarking.log) != nil {
        try await LogMarking.check(configuration.dataDirectory, vault)
      }
      let key = try await vault.logSigningKey()
      return try AuditLog.open(data: folder, key: key, origin: configuration.logOrigin)
    } catch let error as LedgerError {
      throw CommandFailure(.unavailable, "the log in `\(folder)` cannot be opened: \(error)")
    } catch let error as VaultError {
      throw VaultOptions.failure("the vault in `\(folder)`", error)
    }
  }

  private static func deliveries(
    _ configuration: Configuration, _ ledger: AuditLog, _ logger: Logger
  ) throws -> LogDeliveries {
    do throws(DeliveryFailure) {
      return try LogDeliveries(
        to: configuration.log.sinks, data: configuration.logDirectory, key: ledger.verifier, size: { ledger.size },
        version: Cordon.configuration.version, logger: logger)
    } catch {
      throw CommandFailure(.badConfiguration, "a sink of the log: \(error)")
    }
  }

  /// The ways to vendors: of models, and of tools.
  struct Endpoints {
    var models: [ConfiguredID<Vendor>: any ModelEndpoint] = [:]
    var tools: [ConfiguredID<Vendor>: any ToolEndpoint] = [:]
  }

  /// The ways to the vendors of a configuration, with the credentials as they are now.
  static func endpoints(
    _ configuration: Configuration, client: HTTPClient, _ attestations: VendorAttestations,
    observe: @escaping @Sendable ([UInt8]) -> Void
  ) throws -> Endpoints {
    var endpoints = Endpoints()
    attestations.prepare()
    for vendor in configuration.vendors {
      let connections = try connections(vendor, attestations).map(VendorConnections.attested) ?? .shared(client)
      if case .tools(let place, _) = vendor.kind {
        endpoints.tools[vendor.id] = HTTPToolEndpoint(
          place, credential: try place.credential.map { try credential($0, for: vendor) }, through: connections,
          silenceSeconds: configuration.limits.vendorSilenceSeconds)
      } else {
        endpoints.models[vendor.id] = try endpoint(
          vendor, through: connections, limits: configuration.limits, observe: observe)
      }
    }
    return endpoints
  }

  private static func endpoint(
    _ vendor: Vendor, through connections: VendorConnections, limits: Limits,
    observe: @escaping @Sendable ([UInt8]) -> Void
  ) throws -> any ModelEndpoint {
    let credential = try vendor.kind.place?.credential.map { try self.credential($0, for: vendor) }
    guard let addressing = VendorAddressing(vendor.kind, credential: credential) else {
      return LoopbackEndpoint(now: now, observe: observe)
    }
    return HTTPEndpoint(addressing, through: connections, silenceSeconds: limits.vendorSilenceSeconds)
  }

  private static func credential(_ credential: SecretSource, for vendor: Vendor) throws -> VendorCredential {
    let key: String? =
      switch credential {
      case .environment(let name): unsafe getenv(name).map { unsafe String(cString: $0) }
      case .file(let path): TextFile.contents(of: path).map { String(decoding: $0, as: UTF8.self) }
      }
    if case .bedrock = vendor.kind, let key, key.drop(while: \.isWhitespace).hasPrefix("[") {
      if let accessKey = AWSCredentials(file: key) { return VendorCredential(accessKey: accessKey) }
      throw CommandFailure(
        .badConfiguration, "vendor `\(vendor.id)`: its credential has no access key in the profile `default`")
    }
    let trimmed = (key ?? "").filter { !$0.isWhitespace }
    guard !trimmed.isEmpty else {
      throw CommandFailure(
        .badConfiguration, "vendor `\(vendor.id)`: its credential is empty or cannot be read\nhelp: \(credential.help)")
    }
    return VendorCredential(key: trimmed)
  }

  /// Throws unless every primitive gives its known answer, and unless what the configuration wants approved is.
  static func checkCryptography(_ configuration: Configuration) throws {
    if let primitive = KnownAnswers.firstFailure() {
      throw CommandFailure(.unavailable, "\(primitive) does not give its known answer: nothing is served")
    }
    guard let reason = configuration.unapproved.first else { return }
    throw CommandFailure(
      .badConfiguration,
      "`fips.required`: \(reason)\nhelp: \(CryptographicModule.name) \(CryptographicModule.version), on which Cordon "
        + "computes, has no certificate; let a validated module keep the keys and name it under `fips.module`")
  }

  private static func clientConfiguration(
    _ gateway: Configuration, _ sessions: VendorSessions
  ) -> HTTPClient.Configuration {
    let limits = gateway.limits
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: TLSSettings.toVendors(onlyApproved: gateway.fips.isRequired),
      redirectConfiguration: .disallow,
      timeout: .init(
        connect: .seconds(Int64(limits.connectSeconds)), read: .seconds(Int64(limits.vendorSilenceSeconds))),
      connectionPool: .init(
        idleTimeout: .seconds(30), concurrentHTTP1ConnectionsPerHostSoftLimit: limits.connections))
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .automatic
    configuration.http1_1ConnectionDebugInitializer = sessions.record
    configuration.http2ConnectionDebugInitializer = sessions.record
    return configuration
  }

  /// 128 random bits, in hexadecimal digits.
  @Sendable private static func randomID() -> String {
    var random = SystemRandomNumberGenerator()
    let words: [UInt64] = [random.next(), random.next()]
    return Hex.encode(words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } })
  }
}

extension SecretSource {
  fileprivate var help: String {
    switch self {
    case .environment(let name): "set the environment variable `\(name)`"
    case .file(let path): "put the key into the file `\(path)`, readable by this user only"
    }
  }
}
