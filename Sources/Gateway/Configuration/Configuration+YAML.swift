import Ciphers
import Deidentification
import Ledger
import PHI
import Providers
import Transformers
import Vault
import Yams

extension Configuration {
  /// Reads a configuration; the first mistake is thrown with its line.
  ///
  /// Unknown keys are mistakes: a misspelt `prohibits_training` must not be taken for its absence.
  package init(yaml: String) throws(ConfigurationError) {
    text = yaml
    digest = ConfiguredName("sha256:\(Digest(hashing: Array(yaml.utf8).span))")
    let root = try ConfigurationNode(yaml: yaml)
    let members = try root.members(
      "listen", "data", "environment", "regions", "callers", "use_cases", "vendors", "limits", "detection", "vault",
      "log", "reliability", "telemetry", "fips", "memory", "rate_limits",
      "routes", "egress", "sensitive", "alerts", "emergency", "backup", "policy", "objectives", "access")
    listen = try Listen(members.required("listen"))
    dataDirectory = try members["data"]?.text() ?? "cordon-data"
    if let environment = members["environment"] { self.environment = try DeploymentEnvironment(environment) }
    approvedRegions = []
    for region in try members["regions"]?.elements() ?? [] {
      let id: ConfiguredID<Region> = try region.id()
      guard approvedRegions.insert(id).inserted else { throw region.error(.duplicate) }
    }
    vault = try members["vault"].map(VaultSettings.init) ?? VaultSettings()
    if let memory = members["memory"] { self.memory = try MemorySettings(memory) }
    log = try members["log"].map(LogSettings.init) ?? LogSettings()
    fips = try members["fips"].map(FIPSSettings.init) ?? FIPSSettings()
    if let backup = members["backup"] { self.backup = try BackupSettings(backup) }
    if let access = members["access"] { self.access = try AccessSettings(access) }
    if let alerts = members["alerts"] { self.alerts = try AlertSettings(alerts) }
    limits = try members["limits"].map(Limits.init) ?? Limits()
    telemetry = try members["telemetry"].map(TelemetrySettings.init) ?? TelemetrySettings()
    reliability = try members["reliability"].map(Reliability.init) ?? Reliability()
    let detection = try members["detection"]?.members(
      "site_lists", "tier", "model", "runtime", "threads", "threshold", "below_floor", "confidence_floor")
    siteLists = try detection?["site_lists"]?.text()
    tier = try detection.map(TierSettings.init) ?? TierSettings()
    floor = try detection.map(ConfidenceFloor.init) ?? ConfidenceFloor()
    vendors = try Self.list(members.required("vendors"), Vendor.init, id: \.id)
    useCases = try Self.list(members.required("use_cases"), UseCase.init, id: \.id)
    callers = try Self.list(members.required("callers"), Caller.init, id: \.id)
    try Self.checkReferences(self, members)
    try DeferralSettings.check(useCases, members)
    emergency = try EmergencySettings.read(members["emergency"], in: self)
    sensitive = try SensitiveSettings.read(members["sensitive"], in: self)
    routes = try EgressRoute.list(members["routes"], in: self)
    if let place = members["egress"] { egress = try EgressSettings(place) }
    rateLimits = try RateLimit.list(members["rate_limits"], in: self)
    objectives = try ServiceObjective.list(members["objectives"], in: self)
    policy = try PolicySettings.read(members["policy"], in: self)
  }

  private static func list<Element, Owner>(
    _ node: ConfigurationNode, _ read: (ConfigurationNode) throws(ConfigurationError) -> Element,
    id: KeyPath<Element, ConfiguredID<Owner>>
  ) throws(ConfigurationError) -> [Element] {
    var seen: Set<ConfiguredID<Owner>> = []
    var elements: [Element] = []
    for place in try node.elements() {
      let element = try read(place)
      guard seen.insert(element[keyPath: id]).inserted else { throw place.error(.duplicate) }
      elements.append(element)
    }
    return elements
  }

  private static func checkReferences(
    _ configuration: Configuration, _ members: ConfigurationMembers
  ) throws(ConfigurationError) {
    let vendorIDs = Set(configuration.vendors.map(\.id))
    for (useCase, place) in zip(configuration.useCases, try members.required("use_cases").elements())
    where !vendorIDs.contains(useCase.vendor) {
      throw try place.membersUnchecked("vendor").error(.unknownReference(to: "vendor"))
    }
    let toolServers = Set(configuration.vendors.filter(\.offersTools).map(\.id))
    for (useCase, place) in zip(configuration.useCases, try members.required("use_cases").elements())
    where !useCase.toolServers.set.isSubset(of: toolServers) {
      throw try place.membersUnchecked("tool_servers").error(.unknownReference(to: "vendor of kind `mcp`"))
    }
    for (useCase, place) in zip(configuration.useCases, try members.required("use_cases").elements()) {
      var seen = Set([useCase.vendor])
      for (index, fallback) in useCase.fallbacks.enumerated() {
        let named = try place.membersUnchecked("fallbacks").elements()[index]
        guard vendorIDs.contains(fallback.vendor) else { throw named.error(.unknownReference(to: "vendor")) }
        guard seen.insert(fallback.vendor).inserted else { throw named.error(.duplicate) }
      }
    }
    let useCaseIDs = Set(configuration.useCases.map(\.id))
    for place in try members.required("callers").elements() {
      for named in try place.membersUnchecked("use_cases").grantedPlaces()
      where try !useCaseIDs.contains(named.id()) {
        throw named.error(.unknownReference(to: "use case"))
      }
    }
    if case .callers(let readers) = configuration.log.readers, let place = members["log"] {
      guard readers.set.isSubset(of: configuration.callers.map(\.id)) else {
        throw place.error(.unknownReference(to: "caller"))
      }
    }
    var keys: Set<APIKeyID> = []
    for (caller, place) in zip(configuration.callers, try members.required("callers").elements())
    where !keys.insert(caller.keyHash.id).inserted {
      throw try place.membersUnchecked("key_hash").error(.duplicate)
    }
  }
}

extension ConfigurationNode {
  /// A member of a mapping that was read before.
  fileprivate func membersUnchecked(_ name: String) throws(ConfigurationError) -> ConfigurationNode {
    try members(
      "id", "key_hash", "use_cases", "purpose", "models", "vendor", "fallbacks", "restore", "novel_identifiers",
      "known", "requires", "uninspected", "vendor_tools", "tool_servers", "tool_hosts", "retention",
      "contract", "kept_by_vendor", "phi_in_output", "approval", "criticality", "caching", "priority", "deferred",
      "roles",
      "attests"
    ).required(name)
  }
}

extension Configuration.Listen {
  fileprivate init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("address", "port", "tls")
    address = try members["address"]?.text() ?? "127.0.0.1"
    port = try members.required("port").integer(in: 0...65_535)
    if let tls = members["tls"] {
      let files = try tls.members("certificate", "key")
      certificate = Configuration.CertificateFiles(
        chain: try files.required("certificate").text(), privateKey: try files.required("key").text())
    }
    guard isLoopback || certificate != nil else { throw (members["address"] ?? node).error(.needsCertificate) }
  }
}

extension Caller {
  fileprivate init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("id", "key_hash", "use_cases", "roles", "attests")
    id = try members.required("id").id()
    let place = try members.required("key_hash")
    guard let hash = APIKeyHash(try place.text()) else {
      throw place.error(.wrongForm(expected: "the text beginning `hmac-sha256:` that `cordon key new` printed"))
    }
    keyHash = hash
    let named = try members.required("use_cases")
    useCases = try named.grantedIDs()
    guard !useCases.isEmpty else { throw named.error(.wrongForm(expected: "at least one use case")) }
    try readRoles(members)
  }
}

extension UseCase {
  fileprivate init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members(
      "id", "purpose", "models", "vendor", "fallbacks", "restore", "novel_identifiers", "known", "requires",
      "uninspected", "vendor_tools", "tool_servers", "tool_hosts", "retention", "contract", "kept_by_vendor",
      "phi_in_output", "approval", "criticality", "caching", "priority", "deferred")
    id = try members.required("id").id()
    purpose = try members.required("purpose").id()
    vendor = try members.required("vendor").id()
    if let place = members["criticality"] { criticality = try Criticality(place) }
    if let place = members["priority"] { priority = try Self.priority(place) }
    deferral = try members["deferred"].map(DeferralSettings.init)
    let named = try members.required("models")
    models = []
    for element in try named.elements() {
      guard let model = ModelName(try element.text()) else {
        throw element.error(.wrongForm(expected: "a model's name"))
      }
      models.append(model)
    }
    guard !models.isEmpty else { throw named.error(.wrongForm(expected: "at least one model")) }
    for place in try members["fallbacks"]?.elements() ?? [] { fallbacks.append(try Fallback(place, of: models)) }
    restores = try Self.kinds(members["restore"])
    if let novel = members["novel_identifiers"] {
      guard let novelty = AnswerRewriter.Novelty(rawValue: try novel.text()) else {
        throw novel.error(.wrongForm(expected: "`redact`, `block` or `pass`"))
      }
      self.novelty = novelty
    }
    for reason in try members["uninspected"]?.elements() ?? [] {
      guard let named = Uninspectable.Reason(rawValue: try reason.text()), Self.passable.contains(named) else {
        throw reason.error(.wrongForm(expected: "`image`, `audio` or `file`"))
      }
      passesUninspected.insert(named)
    }
    try readOutput(members)
    try readToolHosts(members)
    if let caching = members["caching"] { try readCaching(caching) }
    toolServers = try members["tool_servers"]?.grantedIDs() ?? []
    for tool in try members["vendor_tools"]?.elements() ?? [] { vendorTools.insert(try tool.text()) }
    for side in try members["requires"]?.elements() ?? [] {
      guard let named = RequestParties.Side(rawValue: try side.text()) else {
        throw side.error(.wrongForm(expected: "`patient` or `user`"))
      }
      requires.insert(named)
    }
    if let contract = members["contract"] {
      let named = try DataContract(contract)
      guard requires.isSubset(of: named.retained) else {
        throw contract.error(.wrongForm(expected: "one that retains whom the use case requires"))
      }
      self.contract = named
    }
    if let retention = members["retention"] {
      switch try retention.text() {
      case "zero": wantsZeroRetention = true
      case "agreed": wantsZeroRetention = false
      default: throw retention.error(.wrongForm(expected: "`zero` or `agreed`"))
      }
    }
    if let kept = members["kept_by_vendor"] {
      guard !wantsZeroRetention else {
        throw kept.error(.wrongForm(expected: "left out: the use case wants vendors to keep nothing"))
      }
      keepsByVendor = try KeptSettings(kept)
    }
    if let known = members["known"] {
      switch try known.text() {
      case "accept": acceptsKnown = true
      case "refuse": acceptsKnown = false
      default: throw known.error(.wrongForm(expected: "`accept` or `refuse`"))
      }
    }
  }

  /// What a use case can let through unsearched.
  private static let passable: Set<Uninspectable.Reason> = [.image, .audio, .file]

  private static func kinds(_ node: ConfigurationNode?) throws(ConfigurationError) -> Set<Identifier> {
    guard let node else { return [] }
    switch node.node.scalar?.string {
    case "all": return Set(Identifier.allCases)
    case "none": return []
    default: break
    }
    var kinds: Set<Identifier> = []
    for element in try node.elements() {
      guard let kind = Identifier(label: try element.text()) else {
        let labels = Identifier.allCases.map(\.label).joined(separator: ", ")
        throw element.error(.wrongForm(expected: "one of \(labels)"))
      }
      kinds.insert(kind)
    }
    return kinds
  }
}

extension Limits {
  fileprivate init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    let members = try node.members(
      "body_bytes", "header_bytes", "connections", "request_seconds", "idle_seconds", "answer_bytes",
      "connect_seconds", "vendor_silence_seconds", "answer_seconds", "drain_seconds", "kept_maps", "kept_bytes",
      "deferred_requests", "deferred_bytes", "deferred_at_once")
    func read(
      _ name: String, _ range: ClosedRange<Int>, into field: inout Int
    ) throws(ConfigurationError) {
      if let member = members[name] { field = try member.integer(in: range) }
    }
    try read("body_bytes", 1_024...(256 << 20), into: &bodyBytes)
    try read("header_bytes", 1_024...(1 << 20), into: &headerBytes)
    try read("connections", 1...1_000_000, into: &connections)
    try read("request_seconds", 1...3_600, into: &requestSeconds)
    try read("idle_seconds", 1...3_600, into: &idleSeconds)
    try read("answer_bytes", 1_024...(1 << 30), into: &answerBytes)
    try read("connect_seconds", 1...300, into: &connectSeconds)
    try read("vendor_silence_seconds", 1...3_600, into: &vendorSilenceSeconds)
    try read("answer_seconds", 1...86_400, into: &answerSeconds)
    try read("drain_seconds", 0...3_600, into: &drainSeconds)
    try read("kept_maps", 0...1_000_000, into: &kept.maps)
    try read("kept_bytes", 0...(1 << 40), into: &kept.bytes)
    try read("deferred_requests", 0...100_000, into: &deferredRequests)
    try read("deferred_bytes", 0...(1 << 40), into: &deferredBytes)
    try read("deferred_at_once", 1...10_000, into: &deferredAtOnce)
  }
}
