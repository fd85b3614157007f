import Bytes
import Ciphers
package import Detection
package import Ledger
import PHI
package import Providers
package import Vault

/// Everything that answers a request, apart from the socket it came through.
///
/// It is one thing with many parts that never change: who carries a request holds it, and copies none of them.
package final class Gateway: Sendable {
  package let metrics: Metrics
  let security: SecurityMetrics
  let keyUse: KeyUseWatch
  let objectives: ObjectiveWatch
  let refusals: RefusalTally
  let lastSecretCheck: LastDay
  let lastProof: LastDay
  let grantWatch: GrantWatch
  let register: RegisterWatch
  let configuration: Configuration
  let limits: Limits
  let ledger: AuditLog
  let vault: Vault
  let admission: Admission
  let registry: AgreementRegistry
  let stops: StopMarkers
  /// What vendors have proved of their machines.
  package let attestations: VendorAttestations
  let running: RunningExchanges
  /// What goes on when the request is over that made it necessary.
  package let afterwork: Afterwork
  /// What the tokens stand for in what vendors keep.
  let kept: KeptShelf
  /// The requests that are carried out later.
  let deferred: DeferredQueue
  let detection: RequestDetection
  /// What of the configuration's grants is in force.
  package let grants: GrantsInForce
  let endpoints: [ConfiguredID<Vendor>: any ModelEndpoint]
  let toolEndpoints: [ConfiguredID<Vendor>: any ToolEndpoint]
  /// The credentials that those have sent, and the former ones.
  let credentials: CredentialsInForce
  let clock: GatewayClock
  let reliability: Reliability
  let lines: VendorLines
  let chance: Chance
  /// The data directory of its log.
  let dataDirectory: String
  let logReaders: LogSettings.Readers
  let readings: Readings
  let toolMessages: MessageNumbers
  private let deliveries: LogDeliveries?
  /// The traces of requests; nil when nobody collects them.
  package let traces: Traces?
  let tellsVendors: Bool
  let answers: RepeatedRequests
  /// What was used of the rate limits.
  let rates: RateLimiter
  let booked: BookedUsage
  /// Which models have answered.
  let servedModels: ServedModels
  let rateLimits: [RateLimit]
  /// Whether what was used before the start was taken up.
  let hasTakenRates: Flag
  private let server: ConfiguredName?
  private let callers: CallerDirectory
  private let newID: @Sendable () -> String
  /// Whether what the vault does reaches the log.
  let recordsVault: Flag
  /// Whether it brings the vault's events into its log: one of several replicas does.
  let takesVaultEvents: Flag
  /// What is wrong with the root log of several replicas.
  let rootLog: RootLogState
  /// Whether the provider of the root key answers.
  let reachesKeys: Flag
  private let draining: Flag

  /// A gateway with one endpoint for each vendor and each tool server of the configuration; `newID` gives random text for request ids.
  package init(
    _ configuration: Configuration, site: SiteLists? = nil, readers: Readers = Readers(), policy: PolicyInForce? = nil,
    endpoints: [ConfiguredID<Vendor>: any ModelEndpoint],
    toolEndpoints: [ConfiguredID<Vendor>: any ToolEndpoint] = [:], registry: AgreementRegistry = AgreementRegistry(),
    attestations: VendorAttestations = VendorAttestations(), ledger: AuditLog, vault: Vault, clock: GatewayClock,
    deliveries: LogDeliveries? = nil,
    chance: Chance = .ofTheSystem, traces: Traces? = nil,
    newID: @escaping @Sendable () -> String
  ) {
    detection = RequestDetection(site: site, readers: readers, floor: configuration.floor)
    precondition(
      configuration.vendors.allSatisfy { $0.offersTools ? toolEndpoints[$0.id] != nil : endpoints[$0.id] != nil },
      "every vendor needs an endpoint")
    precondition((configuration.policy == nil) == (policy == nil), "policies that are configured are in force")
    grants = GrantsInForce(configuration, policy, data: configuration.dataDirectory, now: clock.wall)
    limits = configuration.limits
    rateLimits = configuration.rateLimits
    reliability = configuration.reliability
    lines = VendorLines(configuration, clock: clock)
    self.chance = chance
    self.traces = traces
    tellsVendors = configuration.telemetry.tellsVendors
    answers = RepeatedRequests(clock: clock)
    self.registry = registry
    stops = StopMarkers(data: configuration.dataDirectory)
    self.attestations = attestations
    admission = Admission(
      configuration, registry: registry, stops: stops, attestations: attestations, grants: grants)
    self.configuration = configuration
    dataDirectory = configuration.logDirectory
    takesVaultEvents = Flag(configuration.log.shards == nil)
    logReaders = configuration.log.readers
    server = configuration.log.server?.recorded
    callers = CallerDirectory(configuration.callers)
    self.endpoints = endpoints
    self.toolEndpoints = toolEndpoints
    credentials = CredentialsInForce(KnownCredentials(endpoints, toolEndpoints))
    self.ledger = ledger
    self.vault = vault
    kept = KeptShelf(vault)
    self.clock = clock
    self.newID = newID
    self.deliveries = deliveries
    metrics = Metrics()
    security = SecurityMetrics()
    keyUse = KeyUseWatch()
    objectives = ObjectiveWatch()
    refusals = RefusalTally()
    lastSecretCheck = LastDay()
    lastProof = LastDay()
    grantWatch = GrantWatch()
    register = RegisterWatch()
    running = RunningExchanges()
    afterwork = Afterwork()
    deferred = DeferredQueue()
    readings = Readings()
    toolMessages = MessageNumbers()
    rates = RateLimiter()
    booked = BookedUsage()
    servedModels = ServedModels()
    hasTakenRates = Flag(false)
    recordsVault = Flag(true)
    rootLog = RootLogState()
    reachesKeys = Flag(true)
    draining = Flag(false)
  }

  /// What goes on of `former` under another configuration, and what that makes of the rest.
  private init(
    of former: Gateway, _ configuration: Configuration, _ detection: RequestDetection, _ grants: GrantsInForce,
    _ lines: VendorLines, _ admission: Admission, _ endpoints: [ConfiguredID<Vendor>: any ModelEndpoint],
    _ toolEndpoints: [ConfiguredID<Vendor>: any ToolEndpoint]
  ) {
    precondition(
      configuration.vendors.allSatisfy { $0.offersTools ? toolEndpoints[$0.id] != nil : endpoints[$0.id] != nil },
      "every vendor needs an endpoint")
    self.configuration = configuration
    self.detection = detection
    self.grants = grants
    self.lines = lines
    self.admission = admission
    self.endpoints = endpoints
    self.toolEndpoints = toolEndpoints
    credentials = former.credentials
    credentials.take { KnownCredentials(endpoints, toolEndpoints, after: $0) }
    limits = configuration.limits
    rateLimits = configuration.rateLimits
    reliability = configuration.reliability
    logReaders = configuration.log.readers
    server = configuration.log.server?.recorded
    callers = CallerDirectory(configuration.callers)
    metrics = former.metrics
    security = former.security
    keyUse = former.keyUse
    objectives = former.objectives
    refusals = former.refusals
    lastSecretCheck = former.lastSecretCheck
    lastProof = former.lastProof
    grantWatch = former.grantWatch
    register = former.register
    ledger = former.ledger
    vault = former.vault
    registry = former.registry
    stops = former.stops
    attestations = former.attestations
    running = former.running
    afterwork = former.afterwork
    kept = former.kept
    deferred = former.deferred
    clock = former.clock
    chance = former.chance
    dataDirectory = former.dataDirectory
    readings = former.readings
    toolMessages = former.toolMessages
    deliveries = former.deliveries
    traces = former.traces
    tellsVendors = former.tellsVendors
    answers = former.answers
    rates = former.rates
    booked = former.booked
    servedModels = former.servedModels
    hasTakenRates = former.hasTakenRates
    newID = former.newID
    recordsVault = former.recordsVault
    takesVaultEvents = former.takesVaultEvents
    rootLog = former.rootLog
    reachesKeys = former.reachesKeys
    draining = former.draining
  }

  /// The same gateway under another configuration: its log, its vault and what it has counted stay; requests that run
  /// go on under what they began with.
  package func under(
    _ configuration: Configuration, site: SiteLists? = nil, readers: Readers = Readers(), policy: PolicyInForce? = nil,
    endpoints: [ConfiguredID<Vendor>: any ModelEndpoint],
    toolEndpoints: [ConfiguredID<Vendor>: any ToolEndpoint] = [:]
  ) -> Gateway {
    precondition((configuration.policy == nil) == (policy == nil), "policies that are configured are in force")
    let grants = GrantsInForce(
      configuration, policy, data: configuration.dataDirectory, after: self.grants, now: clock.wall)
    return Gateway(
      of: self, configuration, RequestDetection(site: site, readers: readers, floor: configuration.floor), grants,
      VendorLines(configuration, keeping: lines, clock: clock),
      Admission(configuration, registry: registry, stops: stops, attestations: attestations, grants: grants), endpoints,
      toolEndpoints)
  }

  /// The same gateway with other ways to its vendors, as when their credentials have changed.
  package func sending(
    through endpoints: [ConfiguredID<Vendor>: any ModelEndpoint],
    tools toolEndpoints: [ConfiguredID<Vendor>: any ToolEndpoint]
  ) -> Gateway {
    Gateway(of: self, configuration, detection, grants, lines, admission, endpoints, toolEndpoints)
  }

  /// The policies that requests are decided by, told of people what is in force; nil where there are none.
  package var policy: PolicyInForce? { grants.policy }

  /// A name for a request that no other has.
  package func newRequestID() -> RequestID {
    guard let id = RequestID("req_\(newID())") else { preconditionFailure("an id has letters and digits only") }
    return id
  }

  /// The caller that the value of an `Authorization` header names.
  package func caller(authorization: String?) -> Caller? {
    let caller = callers.caller(authorization: authorization)
    if caller == nil, CallerDirectory.isKey(authorization) { notice(.unknownPrincipal) }
    return caller
  }

  /// Says from now on that the gateway is not ready: running answers end, new ones should go elsewhere.
  package func beginDraining() { draining.set() }

  /// Whether only approved algorithms are used (FIPS 140-3).
  var onlyApproved: Bool { configuration.fips.isRequired }

  /// Records that the gateway begins to serve, under which configuration and, where that is wanted, on which modules.
  package func recordStart() async throws {
    for module in onlyApproved ? configuration.fips.tested : [] {
      var entry = Entry(.cryptographyTested, at: clock.timestamp)
      entry.object = module
      try await record(entry)
    }
    try await recordConfiguration(.serverStarted)
    try await record(attestations.trusted)
    try await recordGrants()
    try await takeKeptRates()
    takeServedModels()
    takeKeptObjectives()
    // What cannot be read now is read by the rounds.
    try? await takeDeferred()
  }

  /// Records that this gateway's configuration comes into force after that of `former`.
  package func recordReload(after former: Gateway) async throws {
    try await recordConfiguration(.configurationLoaded, before: former.configuration.digest)
    try await record(attestations.trustAhead)
    try await recordGrants()
    try await recordRates(after: former.rateLimits)
  }

  /// Records that a configuration was read and refused, and that this gateway's stays in force.
  package func recordRefusedConfiguration(_ content: [UInt8]?, because rule: ConfiguredName) async throws {
    var entry = Entry(.configurationRefused, at: clock.timestamp)
    entry.object = configuration.digest
    (entry.decision, entry.rule) = (.deny, rule)
    entry.before = configuration.digest.flatMap(Self.hash)
    entry.after = content.map { Digest(hashing: $0.span) }
    try await record(entry)
  }

  private func recordConfiguration(_ event: Event, before: ConfiguredName? = nil) async throws {
    try KeptVersions.configurations(data: configuration.dataDirectory).keep(Array(configuration.text.utf8))
    var entry = Entry(event, at: clock.timestamp)
    entry.object = configuration.digest
    entry.before = before.flatMap(Self.hash)
    entry.after = configuration.digest.flatMap(Self.hash)
    if let policy {
      try KeptVersions.policies(data: configuration.dataDirectory).keep(policy.text.document)
      entry.name(PolicyRecord(policy))
    }
    try await record(entry)
  }

  /// The hash in the name of a configuration.
  private static func hash(_ name: ConfiguredName) -> Digest? {
    name.description.split(separator: ":").last.flatMap { Digest(hexadecimal: String($0)) }
  }

  /// Records that the gateway ended in order.
  package func recordStop() async throws {
    await keepRates()
    keepServedModels()
    keepObjectives(atEnd: true)
    await recordRefusals(atEnd: true)
    try await record(Entry(.serverStopped, at: clock.timestamp))
  }

  /// Appends an entry in this replica's name, with its sealed parts; it returns when all of it is on stable storage.
  @discardableResult
  func record(_ entry: Entry, sealing parts: [SealedPart] = []) async throws(LedgerError) -> UInt64 {
    var entry = entry
    entry.server = server
    let index = try await ledger.append(entry, sealing: parts)
    watch(entry)
    return index
  }

  /// Answers `GET /v1/models`: what the caller may ask for.
  package func models(
    authorization: String?, from client: ConfiguredName? = nil, in dialect: Operation.Dialect, of requestID: RequestID
  ) async -> Reply {
    guard let caller = caller(authorization: authorization) else {
      return await refuseStranger(requestID, from: client, asking: ConfiguredName("models"), in: dialect)
    }
    return .json(200, models(for: caller).body(in: dialect))
  }

  /// Answers `GET /v1/models/{model}`: one of those that the caller may ask for.
  package func model(
    _ name: String, authorization: String?, from client: ConfiguredName? = nil, in dialect: Operation.Dialect,
    of requestID: RequestID
  ) async -> Reply {
    guard let caller = caller(authorization: authorization) else {
      return await refuseStranger(requestID, from: client, asking: ConfiguredName("models"), in: dialect)
    }
    guard let model = models(for: caller).models.first(where: { $0.id == name }) else {
      return .failure(.unknownModel, in: dialect, of: requestID)
    }
    return .json(200, model.body(in: dialect))
  }

  private func models(for caller: Caller) -> ModelList {
    ModelList(admission.models(for: caller).map { ModelList.Model(id: $0.model.description, owner: $0.vendor.name) })
  }

  /// Answers `GET /healthz`: the process lives.
  package func health() -> Reply { .json(200, Array(#"{"status":"ok"}"#.utf8)) }

  /// Answers `GET /readyz`: whether requests would be carried.
  package func readiness() -> Reply {
    let log = ledger.isWritable
    let isLocked = vault.isLocked
    let records = recordsVault.isSet
    let root = configuration.log.shards == nil ? nil : rootLog.word
    let isReady = log && !isLocked && records && rootLog.isWhole && !draining.isSet
    let vault: JSONValue =
      isLocked ? "locked" : !reachesKeys.isSet ? "unavailable" : records ? "open" : "unrecorded"
    var members = [
      JSONMember("status", isReady ? "ready" : "not ready"), JSONMember("log", log ? "writable" : "unavailable"),
      JSONMember("vault", vault), JSONMember("stopping", .bool(draining.isSet)),
      JSONMember("emergency", .bool(admission.emergency.isSet)),
    ]
    if let root { members.append(JSONMember("root_log", .string(root))) }
    return .json(isReady ? 200 : 503, JSONValue.object(members).bytes)
  }

  private var ownMetrics: String { metrics.page(lines.all.map { ($0.vendor, $0.line.sight) }, spans: traces?.tally) }

  /// Answers `GET /metrics`.
  package func metricsPage() -> Reply {
    Reply(
      status: 200, headers: [("content-type", "text/plain; version=0.0.4; charset=utf-8")],
      body: .whole(
        Array(
          (ownMetrics + attestations.page() + (deliveries?.page() ?? "") + rates.page() + servedModels.page()
            + deferred.page(at: clock.wall()) + security.page()
            + objectives.page(configuration.objectives, at: clock.wall())).utf8)))
  }
}

extension Gateway: CustomStringConvertible, CustomReflectable {
  /// No more than what it is: its parts know the configuration and the site's lists.
  package var description: String { "gateway" }
  /// Nothing: a dump shows no part.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
